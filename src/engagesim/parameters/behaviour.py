"""What drives people during a simulation; a schedule can move every number here, district by district."""

from engagesim.parameters.declare import Group, fixed, number


class Conditions(Group):
    """General conditions that trends can move."""

    education: float = number(0.0, -1, 1, "share of the scale", "Shift of everyone's education since the start")
    vulnerability: float = number(0.0, -1, 1, "share of the scale", "Shift of everyone's vulnerability since the start")
    connected: float = number(
        0.3, 0, 1, "share of citizens", "Citizens with ICT access, at an education of 0.5 and the default access_floor"
    )
    expectations: float = number(
        0.152, -1, 1, "quality", "Quality that people expect beyond current quality, whatever their education"
    )
    resources: float = number(
        1.0, 0.05, 3, "1 = usual caseload", "Resources of the services, relative to their caseload"
    )
    supplies: float = number(
        1.0, 0, 1, "quality", "Highest quality that the medicines, books and other supplies available allow", "E02"
    )
    organising: float = number(
        0.055, 0, 1, "chance per month", "Chance that associations ask a citizen to take part", "E23, E37"
    )


class Incentives(Group):
    """What the political order rewards and punishes."""

    patronage: float = number(0.30, 0, 1, "value of quality", "Patronage money in the district")
    merit_protection: float = number(0.40, 0, 1, "share", "How far merit rules protect posts", "E28")
    rents: float = number(0.32, 0, 2, "value of quality", "Rents that a clientelist official draws from the post")
    pressure: float = number(
        0.4, 0, 2, "value of quality", "Pressure from above not to respond, and weight of a patron's punishment"
    )
    exposure: float = number(0.178, 0, 3, "value of quality", "Cost to an official who is seen not to respond")
    confrontation: float = number(
        0.7, 0, 3, "value of quality", "Cost to an official who holds back and expects confrontation", "E36"
    )
    recognition: float = number(
        0.141, 0, 2, "value of quality", "Recognition that visible success brings an official", "E26"
    )
    credit: float = number(
        0.5, 0, 2, "value of quality", "Credit that sponsoring, and success under a sponsor, bring a politician"
    )
    repression: float = number(
        0.15, 0, 2, "value of quality", "Cost to a citizen who confronts alone, or organises, under a patron"
    )
    competition: float = number(
        8.0, 0, 40, "log odds per approval", "How strongly re-election depends on approval", "E30"
    )
    patron_share: float = number(
        0.2, 0, 1, "share", "Reform-minded people among those whom a patron hires, relative to the labour market", "E28"
    )
    labour_market: float = number(
        0.5, 0, 1, "share", "Reform-minded people among applicants under merit rules", "E26, E28"
    )
    turnover: float = number(0.010, 0, 1, "chance per month", "Ordinary turnover of officials", "E27")
    purge: float = number(
        0.06,
        0,
        1,
        "chance per month",
        "Chance, without merit rules, that a patron transfers an official who responds",
        "E27",
    )
    reshuffle: float = number(
        0.22,
        0,
        1,
        "chance",
        "Chance, without merit rules, of a reshuffle in the months after a change at the top",
        "E27",
    )
    audit: float = number(
        0.04, 0, 1, "chance", "Chance that a project is audited from outside", "E11", "E11: 4 % of projects"
    )
    monitoring: float = number(
        0.0, 0, 1, "share", "Outside monitoring of officials' effort, backed by a penalty", "E10"
    )
    senior: float = number(
        0.0,
        0,
        1,
        "share",
        "How far a senior reformer enforces monitoring penalties instead of waiving them",
        "E10",
    )
    autonomy: float = number(0.5, 0, 1, "scale", "Discretion that officials have", "E25")
    supervision: float = number(0.5, 0, 1, "scale", "How far the service measures and rewards single tasks", "E25")
    publicity: float = number(0.0, 0, 1, "share", "Voters who learn about diversion before they vote", "E30")
    reelection: float = number(1.0, 0, 1, "share", "Politicians who may stand again", "E30")
    ousting: float = number(0.0, 0, 1, "chance per month", "Chance of a change of party without an election", "E27")
    term: int = fixed(48, 6, 240, "months", "Months between elections")
    staggered: float = fixed(
        1.0,
        0,
        1,
        "share of a term",
        "Part of a term over which the districts' elections are spread; if 0, all districts vote in the same month",
    )


class Accountability(Group):
    """How well each of the three kinds of accountability works along its ties; 0 cuts the ties."""

    political: float = number(
        1.0, 0, 1, "share", "How far politicians are affected by what citizens and brokers think of them"
    )
    bureaucratic: float = number(1.0, 0, 1, "share", "How far superiors can influence those below them")
    social: float = number(
        1.0, 0, 1, "share", "How far users and officials can influence each other at the service point"
    )


class Citizens(Group):
    """How citizens weigh their options, choose and learn."""

    sensitivity: float = number(
        8.59, 0, 100, "per value of quality", "How closely citizens' choices follow the worth of the options"
    )
    stake: float = number(1.0, 0, 10, "value of quality", "Value to a citizen of service quality rising from 0 to 1")
    dependence: float = number(
        1.94,
        0,
        2,
        "share per vulnerability",
        "How much more the vulnerable depend on the service than others do",
        "E22",
    )
    benefit_floor: float = number(
        0.481, 0, 2, "share of stake", "Benefit, to people without a grievance, of getting something done"
    )
    benefit_slope: float = number(
        3.66, 0, 10, "per quality", "How much the benefit of getting something done rises with the grievance"
    )
    trust_weight: float = number(
        0.654, 0, 1, "share", "Part of the believed chance of success that depends on trust in the state", "E24"
    )
    reach_floor: float = number(0.25, 0, 1, "share", "What engagement can achieve without influence on decisions")
    leverage_floor: float = number(0.6, 0, 1, "share", "What confrontation can achieve without teeth")
    uncalled: float = number(0.45, 0, 1, "weight", "How readily citizens confront if no organisation calls for it")
    outsiders: float = number(
        0.2, 0, 1, "weight", "How readily non-members follow an organisation's call, relative to members"
    )
    conciliation: float = number(
        0.98, 0, 1, "share", "Part of the gain from confronting that disappears if all officials respond"
    )
    solidarity: float = number(0.356, 0, 2, "value of quality", "Worth of solidarity with contacts who engage")
    time_price: float = number(0.192, 0, 2, "value of quality", "Price of the time that the most demanding form takes")
    demands: float = number(
        2.92, 0, 3, "share per education", "How much more a demanding form asks of people with little education", "E22"
    )
    access_floor: float = number(0.5, 0, 1, "share", "ICT access of people without education, per unit of connected")
    ict_saving: float = number(0.03, 0, 1, "value of quality", "Time saved by people with ICT access")
    barrier: float = number(0.195, 0, 2, "value of quality", "Cost of collaborating if no form of engagement is open")
    anger: float = number(
        0.246, 0, 2, "value of quality", "Anger that an unmet aspiration causes in people without trust", "E24"
    )
    confront_cost: float = number(0.302, 0, 2, "value of quality", "Cost of confronting")
    tolerated: float = number(
        0.2, 0, 1, "share", "Part of the repression that citizens who confront still face if no patron governs"
    )
    favour_value: float = number(0.945, 0, 10, "per patronage", "What a favour is worth per unit of patronage")
    need_floor: float = number(
        0.777,
        0,
        2,
        "share",
        "Worth of a favour to people without vulnerability, relative to what full vulnerability adds",
        "E31",
    )
    stigma: float = number(0.461, 0, 2, "value of quality", "Shame of being a client, which rises with education")
    stigma_floor: float = number(
        0.5, 0, 2, "share", "Shame of being a client for people without education, relative to what full education adds"
    )
    stigma_relief: float = number(
        0.5, 0, 1, "share", "Part of the shame of being a client that disappears if all peers are clients"
    )
    knowledge_needed: float = number(
        0.1,
        0,
        0.9,
        "facts times skills",
        "Knowledge below which officials dismiss claims; if 0, they never do",
        "E05, E08",
    )
    knowledge_floor: float = number(
        0.004,
        0,
        1,
        "share",
        "Worth of voice from citizens who lack facts or skills; if 1, they need neither",
        "E05, E07",
    )
    summoned: float = number(
        0.0, 0, 1, "chance per month", "Chance that a citizen is made to take part, willing or not", "E24"
    )
    spontaneity: float = number(
        0.01,
        0,
        1,
        "weight",
        "How readily citizens engage if nobody asks them",
        "E23",
        "E23: under 1 % of those not asked",
    )
    recruitment: float = number(
        0.045, 0, 1, "chance per month", "Chance that a contact who engages asks a citizen to take part", "E23"
    )
    recruitment_floor: float = number(
        0.3, 0, 1, "share", "Part of recruitment by contacts that remains if taking part is not a joint act"
    )
    recall: float = number(
        0.3, 0, 1, "chance per month", "Chance that a full habit makes up for not being asked", "E24"
    )
    habit_rate: float = number(
        0.63, 0, 1, "rate per month", "How far one act builds or breaks the habit of taking part", "E24"
    )
    habit_fading: float = number(
        0.0111, 0, 1, "rate per month", "How fast the habit of taking part fades without an act", "E24"
    )
    disadvantage: float = number(
        0.17, 0, 1, "share of quality", "Part of the quality that the most vulnerable do not receive", "E22"
    )
    learning: float = number(0.352, 0, 1, "rate per month", "How fast citizens learn from their own engagement", "E24")
    self_blame: float = number(
        0.37, 0, 1, "share", "Weight of a failure, relative to a success, when citizens learn their efficacy", "E08"
    )
    vicarious: float = number(
        0.03, 0, 1, "rate per month", "How fast citizens learn from a contact's engagement", "E24"
    )
    trust_rate: float = number(
        0.1, 0, 1, "rate per month", "How fast trust adapts to the citizen's own engagement", "E20"
    )
    trust_in_view: float = number(
        0.05, 0, 1, "rate per month", "How fast trust adapts to what citizens see of the service and its officials"
    )
    compared: float = number(
        0.3,
        0,
        1,
        "share",
        "How far trust depends on how the district fares rather than on how the citizen fares",
        "E35",
    )
    trust_quality: float = number(0.6, 0, 1, "believed chance", "Trust that full quality earns")
    trust_fairness: float = number(0.3, 0, 1, "believed chance", "Trust that being heard earns, even without success")
    trust_word: float = number(0.15, 0, 1, "believed chance", "Trust that an official who keeps promises earns")
    shaken: float = number(
        0.06, 0, 1, "believed chance", "Trust gained when a promise is kept, and lost when one is broken"
    )
    contentment: float = number(
        0.2, 0, 1, "quality", "Largest shortfall of quality below the aspiration at which people are still satisfied"
    )
    hearsay: float = number(
        0.02, 0, 1, "rate per month", "How fast citizens who are not clients learn whether the patron delivers"
    )
    aspiration_rate: float = number(0.03, 0, 1, "rate per month", "How fast aspirations adapt", "E35")
    ambition: float = number(
        0.115, 0, 2, "quality per education", "How much more quality people expect with more education"
    )
    appetite: float = number(
        0.0, 0, 2, "quality per quality", "How much more quality people expect if they get more", "E35"
    )
    approval_floor: float = number(0.45, 0, 1, "approval", "Support from citizens whose aspirations are met")
    disappointment: float = number(
        0.0,
        0,
        5,
        "per quality",
        "How much approval a large shortfall costs beyond what is proportional to its size",
        "E35",
    )
    approval_trust: float = number(0.3, 0, 2, "approval per trust", "Support that trust above its usual level adds")
    usual_trust: float = number(0.35, 0, 1, "believed chance", "Level of trust that neither raises nor lowers support")
    loyalty: float = number(
        0.7, 0, 1, "approval", "Part of a client's support that depends on getting the favour", "E31"
    )
    backlash: float = number(
        0.00381, 0, 1, "approval", "Support that a patron loses among citizens who act collectively"
    )


class Officials(Group):
    """How officials weigh their options, choose and learn."""

    sensitivity: float = number(
        8.09, 0, 100, "per value of quality", "How closely officials' responses follow the worth of the options"
    )
    reconsider: float = number(
        0.03,
        0,
        1,
        "chance per month",
        "Chance that an official reconsiders their way of working for no particular reason",
    )
    confronted: float = number(
        0.35, 0, 1, "chance per month", "Additional chance of reconsidering if users confront the official", "E36"
    )
    instructed: float = number(
        0.15,
        0,
        1,
        "chance per month",
        "Additional chance of reconsidering under a superior who is new or has changed course",
    )
    reminded: float = number(
        0.15, 0, 1, "chance per month", "Additional chance of reconsidering when a promise falls due"
    )
    persuaded: float = number(
        0.2,
        0,
        1,
        "chance per month",
        "Additional chance that an official who holds back reconsiders because of well-founded claims",
    )
    reform_rent_share: float = number(0.3, 0, 1, "share", "Part of the rents that tempts a reform-minded official")
    token_rent: float = number(0.6, 0, 1, "share", "Part of the rents that officials who give a token response keep")
    token_exposure: float = number(0.45, 0, 1, "share", "Part of the exposure that remains after a token response")
    token_effort: float = number(0.04, 0, 1, "value of quality", "Effort of a token response")
    intrinsic: float = number(0.85, 0, 2, "value of quality", "Drive to serve at full morale", "E26")
    clientelist_drive: float = number(
        0.25, 0, 1, "share", "Drive of a clientelist official, relative to that of a reform-minded one"
    )
    cocreate_drive: float = number(1.15, 0, 3, "share", "Drive from co-creating, relative to that from accommodating")
    voice_value: float = number(
        0.15, 0, 2, "value of quality", "What the voice of citizens who collaborate is worth to an official"
    )
    practice_value: float = number(0.25, 0, 2, "value of quality", "How much know-how eases joint work")
    contribution_value: float = number(
        0.4, 0, 2, "value of quality", "What citizens' contributions are worth in joint work"
    )
    effort: float = number(
        0.2, 0, 2, "value of quality", "Effort of co-creating without a caseload, if citizens make all decisions"
    )
    accommodate_effort: float = number(
        0.6, 0, 2, "share", "Effort of accommodating without a caseload, relative to that of co-creating"
    )
    sharing_effort: float = number(
        0.1, 0, 2, "value of quality", "Additional effort of co-creating if the form shares no decision"
    )
    overload: float = number(
        0.5, 0, 1, "share", "How much a full caseload adds to effort and lowers the chance of success", "E29"
    )
    base_workload: float = number(
        0.3, 0, 3, "capacity", "Work that citizens who engage make for officials, besides the work that a form causes"
    )
    relief: float = number(
        0.5, 0, 1, "share", "Part of a form's work for officials that citizens' contributions take over"
    )
    pressure_arms_length: float = number(
        0.2, 0, 1, "share", "Pressure under a politician at arm's length, relative to that under a patron"
    )
    lukewarm: float = number(
        0.3, 0, 1, "share", "Pressure by a manager who gives a token response, relative to that by one who resists"
    )
    shield: float = number(
        0.8, 0, 1, "share", "Part of the users' threat that a manager who resists keeps from providers"
    )
    sanction_by_manager: float = number(
        0.1, 0, 2, "value of quality", "Cost of holding back under a manager who responds in earnest"
    )
    allocation: float = number(
        0.5, 0, 1, "share", "Part of a service point's resources that a responsive manager gives to people with claims"
    )
    cocreate_pressure: float = number(
        1.1, 0, 3, "share", "Pressure against co-creating, relative to that against accommodating"
    )
    backing: float = number(
        0.3, 0, 2, "share of pressure", "Backing from a sponsor or a responsive manager, relative to pressure"
    )
    autonomy_value: float = number(0.6, 0, 2, "share of drive", "How much discretion adds to officials' drive", "E25")
    crowding: float = number(
        0.5, 0, 2, "share of drive", "How much drive is lost when single tasks are measured", "E25"
    )
    ability_weight: float = number(0.951, 0, 2, "share", "How much ability adds to the worth of a response", "E28")
    ability_loss: float = number(
        0.2, 0, 1, "ability", "Ability that a patron sacrifices for loyalty when hiring", "E28"
    )
    premium: float = number(
        1.0, 0, 5, "share", "Advantage of the governing party's supporters if a patron hires freely", "E28"
    )
    political_time: float = number(
        0.2,
        0,
        1,
        "share of time",
        "Time that clientelist officials spend, without merit rules, on work for the patron",
        "E28",
    )
    unrest: float = number(
        0.4, 0, 1, "morale", "Morale lost over the months after a change at the top if posts are not protected", "E27"
    )
    inexperience: float = number(0.842, 0, 1, "share", "How much less a newcomer's response is worth", "E27")
    apprenticeship: float = number(10.6, 1, 120, "months", "Months until a newcomer has learned the job", "E27")
    authority: float = number(0.25, 0, 2, "value of quality", "Cost of co-creating under a resisting manager", "E25")
    sanction: float = number(0.25, 0, 1, "chance per month", "Chance that a patron punishes a response", "E27")
    blame: float = number(
        0.5,
        0,
        2,
        "share of exposure",
        "How much officials who do not respond learn from well-founded claims with teeth",
    )
    visibility_floor: float = number(0.2, 0, 1, "share", "Visibility of engagement that takes place outside a form")
    attention_scale: float = number(
        3.03, 0, 20, "per share engaged", "How quickly engagement takes up all of an official's attention"
    )
    learning: float = number(
        0.15, 0, 1, "rate per month", "How fast officials learn from the consequences of a response"
    )
    practice_rate: float = number(0.05, 0, 1, "rate per month", "How fast co-creation builds practice")
    forgetting: float = number(0.2, 0, 1, "share of practice_rate", "How fast practice fades without co-creation")
    spread: float = number(0.03, 0, 1, "rate per month", "How fast practice spreads along ties")
    insight_rate: float = number(
        0.03, 0, 1, "rate per month", "How fast officials gain insight from citizens' voice", "E29"
    )
    insight_fading: float = number(0.03, 0, 1, "rate per month", "How fast insight is lost as needs change")
    insight_floor: float = number(
        0.35, 0, 1, "1 - error", "Insight of a newcomer, and level to which insight fades", "E29"
    )
    morale_rate: float = number(0.06, 0, 1, "rate per month", "How fast morale adapts")
    morale_base: float = number(0.35, 0, 1, "morale", "Morale in the absence of other influences")
    morale_disposition: float = number(0.2, 0, 1, "morale", "Morale that a reform-minded disposition adds")
    morale_success: float = number(
        0.35, 0, 1, "morale", "Morale that success adds, as far as it has the official's attention", "E26"
    )
    morale_politicisation: float = number(
        0.3, 0, 1, "morale", "Morale lost under a patron if posts are not protected", "E28"
    )
    morale_backing: float = number(0.15, 0, 1, "morale", "Morale that a sponsor adds")
    morale_cover: float = number(0.25, 0, 1, "morale", "Morale that a coalition's cover adds")
    morale_strain: float = number(0.4, 0, 1, "morale", "Morale lost to missing resources and overload", "E29")
    morale_load: float = number(
        0.5, 0, 2, "share of strain", "Strain of a full caseload, relative to that of missing resources"
    )
    morale_relief: float = number(
        0.5, 0, 1, "share", "Part of the strain of a caseload that sufficient resources take away"
    )


class Politicians(Group):
    """How politicians weigh their options, choose and learn."""

    sensitivity: float = number(
        6.0, 0, 100, "per value of quality", "How closely politicians' stances follow the worth of the options"
    )
    reconsider: float = number(
        0.004, 0, 1, "chance per month", "Chance that a politician reconsiders their platform between elections"
    )
    second_thoughts: float = number(
        0.25, 0, 1, "chance", "Chance that a politician reconsiders their platform after re-election"
    )
    breach: float = number(0.1, 0, 1, "approval", "Approval lost by leaving a platform between elections")
    settling: float = number(0.2, 0, 1, "rate per month", "How fast a change at the top spreads through the posts")
    machine_value: float = number(
        0.8, 0, 5, "per patronage", "What the political machine is worth per unit of patronage", "E31"
    )
    quiet: float = number(0.10, 0, 1, "value of quality", "What keeping at arm's length is worth")
    conviction: float = number(
        0.45, 0, 2, "share of credit", "Extra credit that sponsoring brings a politician with programmatic convictions"
    )
    learning: float = number(0.0977, 0, 1, "rate per month", "How fast politicians learn from changes in approval")
    learning_scale: float = number(
        2.0, 0, 20, "utility per approval", "What a change in approval is worth to a politician"
    )
    approval_rate: float = number(0.10, 0, 1, "rate per month", "How fast approval adapts")
    even_approval: float = number(
        0.45, 0, 1, "approval", "Approval at which re-election is as likely as not, apart from incumbency", "E30"
    )
    incumbency: float = number(0.5, -5, 5, "log odds", "Advantage of incumbents at elections")
    machine: float = number(
        2, 0, 40, "log odds per share", "What clients are worth to a patron at elections, beyond their approval", "E31"
    )
    challenge: float = number(
        3.0, 0, 40, "log odds per orientation", "How strongly organised citizens prefer a more programmatic challenger"
    )
    foresight: float = number(
        0.4,
        0,
        1,
        "share",
        "Part of diversion that a politician stops before an election, if it would be published",
        "E30",
    )
    horizon: float = number(12.0, 1, 120, "months", "How long before an election a politician looks ahead to it")
    surprise: float = number(
        0.03, 0, 1, "rate per month", "How fast people come to expect the current level of diversion", "E30"
    )
    at_a_distance: float = number(
        0.4, 0, 1, "share", "Part of organised support that a politician sees without brokers"
    )
    brokers_weight: float = number(
        4.0, 0, 50, "citizens", "Citizens for whom a broker speaks to the politician, not counting the broker"
    )
    newcomer_spread: float = number(0.6, 0, 1, "orientation", "Spread of newcomers' orientation")
    disclosure: float = number(
        2.0, 0, 5, "approval per share", "Approval lost when unexpected diversion is published", "E30"
    )
    inheritance: float = number(
        0.982, 0, 1, "share", "Part of the predecessor's experience that a newcomer takes over", "E27"
    )
    newcomer_pull: float = number(
        0.0157,
        0,
        3,
        "per share engaged",
        "How strongly engagement pulls a new politician towards programmatic politics",
    )


class Services(Group):
    """Encounters at the service points, and what determines the quality of the service."""

    success_resist: float = number(0.03, 0, 1, "chance", "Chance of success if the official resists")
    success_token: float = number(0.12, 0, 1, "chance", "Chance of success if the official gives a token response")
    success_accommodate: float = number(0.67, 0, 1, "chance", "Chance of success if the official accommodates")
    success_cocreate: float = number(0.85, 0, 1, "chance", "Chance of success in co-creation with full influence")
    success_practice: float = number(
        0.1, 0, 1, "chance", "Chance of success that full practice adds to a real response"
    )
    success_joint_practice: float = number(
        0.05, 0, 1, "chance", "Further chance of success that full practice adds to co-creation"
    )
    confront_factor: float = number(
        0.8, 0, 1, "share", "Chance that confrontation succeeds, relative to that of collaboration"
    )
    teeth_value: float = number(
        0.25, 0, 1, "chance", "Chance of success that a form's teeth add when many confront", "E03"
    )
    success_most: float = number(0.95, 0, 1, "chance", "Highest chance that confrontation succeeds")
    capture_guard: float = number(0.5, 0, 1, "share", "Part of capture that a reform-minded official prevents", "E22")
    delivery: float = number(0.8, 0, 1, "chance", "Chance that a patron delivers a favour", "E31")
    gain: float = number(0.24, 0, 1, "rate per month", "How fast responsive officials raise quality")
    decay: float = number(0.03, 0, 1, "rate per month", "How fast quality decays")
    leakage: float = number(
        0.00199, 0, 1, "rate per month per patronage", "Quality lost under a patron, per unit of patronage", "E11, E28"
    )
    diligence: float = number(
        0.47, 0, 1, "share", "Part of the unmet needs that responsive officials meet without being asked", "E13"
    )
    wellbeing_rate: float = number(0.05, 0, 1, "rate per month", "How fast people's lives change with the service")
    resist_work: float = number(0.25, 0, 1, "share", "Part of the routine work that an official who resists still does")
    token_work: float = number(0.3, 0, 1, "share", "What a token response is worth to the service")
    accommodate_work: float = number(0.46, 0, 1, "share", "What accommodating is worth to the service")
    voice_gain: float = number(0.12, 0, 1, "share", "What voice adds to the worth of a response")
    contribution_gain: float = number(0.2, 0, 1, "share", "What citizens' contributions add to the worth of a response")
    practice_gain: float = number(0.15, 0, 1, "share", "What practice adds to the worth of a response")
    legitimacy: float = number(
        0.2, 0, 2, "share per trust", "How much more a response is worth if users trust the state"
    )
    contributing: float = number(
        0.2, 0, 1, "rate per month", "How fast citizens who take part contribute labour, money and goods"
    )
    unprompted: float = number(
        0.3, 0, 1, "share", "Part of their contribution that people make if no form asks for one"
    )
    run_down: float = number(0.04, 0, 1, "rate per month", "How fast contributions are used up")


class Oversight(Group):
    """Diversion of resources, and who watches for it."""

    diversion: float = number(
        0.6, 0, 1, "share of resources", "Resources that clientelist officials divert when nobody is watching", "E11"
    )
    restraint: float = number(
        0.95, 0, 1, "share", "Part of a clientelist official's diversion that reform-minded officials forgo"
    )
    wage_share: float = number(
        0.25, 0, 1, "share of resources", "Resources that go into wages, whose payment citizens can watch", "E11"
    )
    watch: float = number(
        0.3, 0, 1, "share", "Part of diversion that citizens who engage prevent, as far as they can see it", "E11"
    )
    legal_deterrence: float = number(
        0.205, 0, 1, "share", "Part of diversion that the law deters if an audit is certain", "E11, E30"
    )
    electoral_deterrence: float = number(
        0.391, 0, 1, "share", "Part of diversion that the prospect of facing informed voters deters", "E30"
    )
    unaudited: float = number(
        0.8, 0, 1, "share", "Share of the diversion that voters know about without an audit", "E30"
    )
    windfall: float = number(
        0.3, 0, 0.6, "share", "How much more officials divert when resources exceed the usual level", "E30"
    )
    visible: float = number(
        0.5, 0, 1, "share", "Largest part of diversion that claims can stop; the rest is out of sight", "E11, E12"
    )
    displacement: float = number(
        0.5,
        0,
        1,
        "share",
        "Part of the stopped diversion of wages that moves to other resources, unless audited",
        "E12",
    )
    hidden: float = number(
        0.0, 0, 1, "share", "Part of the diversion of materials that even well-informed citizens cannot see", "E12"
    )
    scrutiny_rate: float = number(
        0.3, 0, 1, "rate per month", "How fast officials come to expect audits that are announced", "E11"
    )
    scrutiny_fading: float = number(0.035, 0, 1, "rate per month", "How fast past audits are forgotten", "E30")
    penalty: float = number(
        0.977, 0, 3, "value of quality", "Penalty for an official if monitoring finds no response", "E10"
    )
    recourse: float = number(
        13.0,
        0,
        50,
        "share per share",
        "Part of diversion that a central authority stops when citizens appeal, per share diverted",
        "E07",
    )
    waiving: float = number(0.12, 0, 1, "rate per month", "How fast superiors come to waive penalties", "E10")


class Organisations(Group):
    """How citizens join, lead and leave the organisation of users at their service point."""

    consider: float = number(
        0.05, 0, 1, "chance per month", "Chance that a citizen thinks of joining without being asked"
    )
    recruiting: float = number(
        0.03, 0, 1, "chance per month", "Chance that a contact who is a member asks a citizen to join", "E23"
    )
    calling: float = number(0.03, 0, 1, "chance per month", "Chance that the leaders ask a user to join", "E23")
    forum: float = number(
        0.5, 0, 1, "share", "Part of a collective form's outreach that leads people to the organisation"
    )
    reconsider: float = number(0.12, 0, 1, "chance per month", "Chance that a member reconsiders belonging")
    need: float = number(2.0, 0, 10, "per quality", "How strongly a grievance draws people into an organisation")
    hope: float = number(0.3, 0, 5, "worth", "What a recently kept promise, or an agreement, is worth to members")
    company: float = number(0.1, 0, 5, "per share of peers", "What the company of peers who are members is worth")
    led: float = number(0.1, 0, 5, "worth", "What a leader adds to the worth of belonging")
    cost: float = number(0.3, 0, 5, "worth", "Cost of belonging, in time")
    invitation: float = number(
        0.1, 0, 5, "worth", "What an open form in which people act jointly adds to the worth of belonging"
    )
    strain: float = number(0.3, 0, 5, "worth", "How much a year of unanswered dispute lowers the worth of belonging")
    idleness: float = number(
        0.15, 0, 5, "worth", "How much having nothing to do together lowers the worth of belonging"
    )
    leaving_share: float = number(
        0.6, 0, 1, "share of threshold", "Worth of belonging below which a member leaves the organisation"
    )
    rising: float = number(0.03, 0, 1, "chance per month", "Chance that a member with full efficacy becomes a leader")
    tiring: float = number(0.03, 0, 1, "chance per month", "Chance that a leader without success gives up")
    co_optation: float = number(
        0.15, 0, 1, "chance per month", "Chance that a patron wins over a leader in need, per unit of patronage", "E31"
    )
    moving: float = number(0.004, 0, 1, "chance per month", "Chance that a leader moves on")
    scale: float = number(
        4, 0, 20, "per share", "How quickly an organisation's strength grows with its share of members"
    )
    leaderless: float = number(0.5, 0, 1, "share", "Strength of an organisation without a leader")
    building: float = number(0.2, 0, 1, "rate per month", "How fast an organisation's strength follows its membership")


class Relations(Group):
    """How the organised users of a service point bargain with its official, and what both remember."""

    demanding: float = number(
        0.25, 0, 1, "chance per month", "Chance that an aggrieved organisation at full strength makes a demand"
    )
    channel: float = number(2.0, 0, 5, "share per voice", "How much more users demand if a form gives them a voice")
    settled: float = number(0.9, 0, 1, "share", "Part of demands that an agreement makes unnecessary")
    answering: float = number(
        0.2, 0, 1, "chance per month", "Chance that an official who responds in earnest answers a demand with a promise"
    )
    token_promises: float = number(
        0.3,
        0,
        1,
        "share",
        "How often officials who give a token response make promises, relative to those who respond in earnest",
    )
    veto: float = number(0.5, 0, 1, "share", "Part of the promises that a manager who resists forbids")
    due: float = number(6.0, 1, 60, "months", "Months until a promise falls due")
    keeping_resist: float = number(0.05, 0, 1, "chance", "Chance that an official who resists keeps a promise")
    keeping_token: float = number(
        0.15, 0, 1, "chance", "Chance that an official who gives a token response keeps a promise"
    )
    keeping_earnest: float = number(
        0.7, 0, 1, "chance", "Chance that an official who responds in earnest keeps a promise"
    )
    keeping_means: float = number(
        0.3,
        0,
        2,
        "chance per unit of resources",
        "How much extra resources at the service point help the official keep a promise",
    )
    keeping_help: float = number(
        0.15, 0, 1, "chance", "How much users' contributions and a coalition each help the official keep a promise"
    )
    keeping: float = number(0.0, -1, 1, "chance", "Shift in the chance that promises are kept")
    bond: float = number(0.15, 0, 2, "value of quality", "How strongly an agreement binds an official")
    dissolving: float = number(0.1, 0, 1, "0 to 1", "Strength of the organisation below which an agreement ends")
    lesson: float = number(
        0.4, 0, 1, "share", "How much one kept or broken promise moves users' belief in the official's word"
    )
    forgetting: float = number(0.1, 0, 1, "rate per month", "How fast anger and the memory of success fade")
    sting: float = number(0.7, 0, 1, "0 to 1", "Anger over a broken promise")
    relief: float = number(0.5, 0, 1, "0 to 1", "Anger that a kept promise takes away")
    urgency: float = number(2.5, 0, 10, "per quality", "How pressing the mean grievance makes the users' case")
    escalation: float = number(
        0.6, 0, 10, "chance per month", "Chance that an angry organisation at full strength confronts"
    )
    patience: float = number(
        0.6, 0, 1, "share", "Part of escalation that full trust in the state and in the official's word holds back"
    )
    waiting: float = number(
        0.9,
        0,
        1,
        "share",
        "Part of escalation that an open promise holds back; half of it does not depend on the official's word",
    )
    weariness: float = number(0.05, 0, 1, "chance per month", "Chance that users give up a demand that has no answer")
    notice: float = number(0.06, 0, 1, "rate per month", "How fast an official notices how organised users are")
    memory: float = number(0.35, 0, 1, "share", "How much one confrontation teaches an official to expect the next")


class Coalitions(Group):
    """When officials and politicians join their district's coalition, when it stands, and what effects it has."""

    strength: float = number(0.6, 0, 1, "share", "Part of pressure and risk that a coalition's full cover takes away")
    leaving_share: float = number(
        0.6, 0, 1, "share of threshold", "Support below which an official or politician leaves the coalition"
    )
    brokering: float = number(
        0.0, 0, 1, "share of threshold", "Part of officials' and politicians' threshold that a convenor takes away"
    )
    loyalty: float = number(
        0.2, 0, 2, "0 to 1", "Support that a standing coalition's cover adds when people decide whether to join or stay"
    )
    exposed: float = number(0.2, 0, 2, "0 to 1", "Support that joining costs under a patron if posts are not protected")
    bond: float = number(0.15, 0, 2, "value of quality", "How strongly membership in a coalition binds an official")
    officials: float = number(
        0.5,
        0,
        1,
        "share of providers",
        "Providers who must belong for a coalition to stand, in addition to the manager",
    )
    citizens: float = number(
        0.06,
        0,
        1,
        "share of citizens",
        "Citizens who must be organised at the members' service points for a coalition to stand",
    )
    grace: float = number(
        6.0,
        0,
        60,
        "months",
        "Months that a coalition survives without a manager, or without enough providers or citizens",
    )
    content: float = number(
        0.05,
        0,
        1,
        "quality",
        "Mean grievance below which the end of a coalition counts as success rather than exhaustion",
    )
    persistence: int = fixed(12, 1, 120, "months", "Months that a coalition must stand to count as lasting")
