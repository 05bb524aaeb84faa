"""What moves people once the society runs: every number here can be moved by a schedule, district by district."""

from engagesim.parameters.declare import Group, fixed, number


class Conditions(Group):
    """The times: what trends move."""

    education: float = number(0.0, -1, 1, "share of the scale", "Shift of everyone's education since the start")
    vulnerability: float = number(0.0, -1, 1, "share of the scale", "Shift of everyone's vulnerability since the start")
    connected: float = number(0.3, 0, 1, "share of citizens", "Citizens with ICT access, at mean education")
    expectations: float = number(
        0.152, -1, 1, "quality", "What people expect beyond the present, whatever their education"
    )
    resources: float = number(1.0, 0.05, 3, "1 = usual caseload", "Resources of the services for their caseload")
    supplies: float = number(
        1.0, 0, 1, "quality", "Highest quality that medicines, books and the like let people benefit from", "E02"
    )
    organising: float = number(
        0.12, 0, 1, "chance a month", "Chance of being asked to take part by associations", "E23"
    )


class Incentives(Group):
    """What the political order rewards and punishes."""

    patronage: float = number(0.30, 0, 1, "value of quality", "Patronage money in the district")
    merit_protection: float = number(0.40, 0, 1, "share", "How far posts are protected by merit rules", "E28")
    rents: float = number(0.32, 0, 2, "value of quality", "Rents of the old way for a clientelist official")
    pressure: float = number(
        0.4, 0, 2, "value of quality", "Pressure on officials by a politician who wants no response"
    )
    exposure: float = number(0.178, 0, 3, "value of quality", "Cost to an official of being seen not to respond")
    recognition: float = number(
        0.141, 0, 2, "value of quality", "Recognition of an official for visible success", "E26"
    )
    credit: float = number(0.5, 0, 2, "value of quality", "Credit a politician gets for sponsoring")
    repression: float = number(0.15, 0, 2, "value of quality", "Price of confronting alone under a patron")
    competition: float = number(8.0, 0, 40, "log odds per approval", "Slope of re-election in approval", "E30")
    patron_share: float = number(
        0.2, 0, 1, "share", "Reform-minded people among those a patron hires, relative to the labour market", "E28"
    )
    labour_market: float = number(0.5, 0, 1, "share", "Reform-minded people among applicants under merit", "E26, E28")
    turnover: float = number(0.010, 0, 1, "chance a month", "Ordinary turnover of officials", "E27")
    purge: float = number(0.06, 0, 1, "chance a month", "Transfer of an official who responds under a patron", "E27")
    reshuffle: float = number(0.22, 0, 1, "chance", "Posts reshuffled in the month after a change of party", "E27")
    audit: float = number(0.04, 0, 1, "chance", "Chance that a project is audited from outside", "E11")
    monitoring: float = number(0.0, 0, 1, "share", "Monitoring of effort from outside, with a penalty", "E10")
    senior: float = number(0.0, 0, 1, "share", "How far a senior reformer holds that penalty and waives none", "E10")
    autonomy: float = number(0.5, 0, 1, "scale", "Room for officials to decide", "E25")
    supervision: float = number(0.5, 0, 1, "scale", "Measuring and rewarding of single tasks inside the service", "E25")
    publicity: float = number(0.0, 0, 1, "share", "Voters who learn what was diverted before they vote", "E30")
    reelection: float = number(1.0, 0, 1, "share", "Politicians who may stand again", "E30")
    ousting: float = number(0.0, 0, 1, "chance a month", "Change of party without an election", "E27")
    term: int = fixed(48, 6, 240, "months", "Months between elections")


class Citizens(Group):
    """How citizens weigh, choose and learn."""

    sensitivity: float = number(8.59, 0, 100, "per value of quality", "How closely choices follow utilities")
    stake: float = number(1.0, 0, 10, "value of quality", "Value of service quality rising from 0 to 1")
    dependence: float = number(
        1.94, 0, 2, "share per vulnerability", "How much more the vulnerable depend on the service", "E22"
    )
    benefit_floor: float = number(
        0.481, 0, 2, "share of stake", "Benefit of getting something done without a grievance"
    )
    benefit_slope: float = number(3.66, 0, 10, "per quality", "Rise of the benefit with the grievance")
    trust_weight: float = number(0.654, 0, 1, "share", "Part of the belief in success that depends on trust", "E24")
    reach_floor: float = number(0.25, 0, 1, "share", "What engagement can reach without influence on decisions")
    leverage_floor: float = number(0.6, 0, 1, "share", "What confrontation can reach without teeth")
    conciliation: float = number(0.98, 0, 1, "share", "Gain from confronting that is gone where all officials respond")
    solidarity: float = number(0.356, 0, 2, "value of quality", "Solidarity with neighbours who engage")
    time_price: float = number(0.192, 0, 2, "value of quality", "Price of the time that the most demanding form takes")
    demands: float = number(
        2.92, 0, 3, "share per education", "How much more a demanding form asks of those with little education", "E22"
    )
    access_floor: float = number(0.5, 0, 1, "share", "Part of the mean ICT access that those without education have")
    ict_saving: float = number(0.03, 0, 1, "value of quality", "Time saved by those with ICT access")
    barrier: float = number(0.195, 0, 2, "value of quality", "Cost of engaging constructively where no channel is open")
    anger: float = number(0.246, 0, 2, "value of quality", "Anger per unmet aspiration of those without trust", "E24")
    confront_cost: float = number(0.302, 0, 2, "value of quality", "Cost of confronting")
    tolerated: float = number(0.2, 0, 1, "share", "Repression of confrontation that is left where no patron governs")
    favour_value: float = number(0.945, 0, 10, "per patronage", "Worth of a favour per unit of patronage")
    need_floor: float = number(0.777, 0, 2, "share", "Worth of a favour to those who are not vulnerable", "E31")
    stigma: float = number(0.461, 0, 2, "value of quality", "Shame of being a client, rising with education")
    stigma_floor: float = number(0.5, 0, 2, "share", "Part of that shame that the uneducated feel")
    stigma_relief: float = number(0.5, 0, 1, "share", "Part of that shame that is gone where all peers are clients")
    knowledge_needed: float = number(
        0.1, 0, 0.9, "facts times skills", "Knowledge up to which claims are waved away; 0: none is", "E05, E08"
    )
    knowledge_floor: float = number(
        0.004, 0, 1, "share", "What voice is worth where citizens lack facts or skills; 1: they need none", "E05, E07"
    )
    summoned: float = number(0.0, 0, 1, "chance a month", "Citizens made to take part, whatever they want", "E24")
    spontaneity: float = number(0.01, 0, 1, "weight", "Weight of engaging when not asked", "E23")
    recruitment: float = number(0.188, 0, 1, "chance a month", "Chance that an engaged neighbour asks one", "E23")
    recruitment_floor: float = number(0.3, 0, 1, "share", "Recruitment that is left where taking part is no joint act")
    recall: float = number(0.938, 0, 1, "chance a month", "Chance that full habit makes up for not being asked", "E24")
    habit_rate: float = number(0.63, 0, 1, "rate a month", "How much of a habit one act makes or breaks", "E24")
    habit_fading: float = number(0.0111, 0, 1, "rate a month", "Fading of the habit without an act", "E24")
    disadvantage: float = number(0.17, 0, 1, "share of quality", "Quality missed by the most vulnerable", "E22")
    learning: float = number(0.352, 0, 1, "rate a month", "Learning from one's own engagement", "E24")
    self_blame: float = number(
        0.37, 0, 1, "share", "Weight of a failure in learning efficacy, against a success", "E08"
    )
    vicarious: float = number(0.03, 0, 1, "rate a month", "Learning from one neighbour's engagement", "E24")
    trust_rate: float = number(0.249, 0, 1, "rate a month", "Learning of trust", "E20")
    hearsay: float = number(0.02, 0, 1, "rate a month", "Learning of non-clients about the patron")
    aspiration_rate: float = number(0.03, 0, 1, "rate a month", "Speed at which aspirations adapt")
    ambition: float = number(0.115, 0, 2, "quality per education", "Aspiration beyond the present, by education")
    approval_floor: float = number(0.45, 0, 1, "approval", "Support by those whose aspirations are met")
    approval_trust: float = number(0.3, 0, 2, "approval per trust", "Support that trust beyond the usual adds")
    usual_trust: float = number(0.35, 0, 1, "believed chance", "Trust that neither adds to support nor takes from it")
    loyalty: float = number(0.7, 0, 1, "approval", "Part of a client's support that hangs on the favour", "E31")
    backlash: float = number(0.00381, 0, 1, "approval", "Support lost among the engaged under a patron")


class Officials(Group):
    """How officials weigh, choose and learn."""

    sensitivity: float = number(8.09, 0, 100, "per value of quality", "How closely responses follow utilities")
    reform_rent_share: float = number(0.3, 0, 1, "share", "Rents that tempt a reform-minded official")
    token_rent: float = number(0.6, 0, 1, "share", "Rents kept by a token response")
    token_exposure: float = number(0.45, 0, 1, "share", "Exposure left by a token response")
    token_effort: float = number(0.04, 0, 1, "value of quality", "Effort of a token response")
    intrinsic: float = number(0.5, 0, 2, "value of quality", "Drive to serve at full morale", "E26")
    clientelist_drive: float = number(0.25, 0, 1, "share", "Drive of a clientelist official")
    cocreate_drive: float = number(1.15, 0, 3, "share", "Drive of joint work over that of accommodating")
    voice_value: float = number(0.15, 0, 2, "value of quality", "What constructive voice is worth to an official")
    practice_value: float = number(0.25, 0, 2, "value of quality", "What know-how takes off joint work")
    contribution_value: float = number(
        0.4, 0, 2, "value of quality", "What citizens' contribution is worth in joint work"
    )
    effort: float = number(0.2, 0, 2, "value of quality", "Effort of a real response at full load")
    accommodate_effort: float = number(0.6, 0, 2, "share", "Part of that effort that accommodating takes without load")
    sharing_effort: float = number(0.1, 0, 2, "value of quality", "Effort of joint work that shares no decision")
    overload: float = number(0.5, 0, 1, "share", "What a full load adds to effort and takes from success", "E29")
    base_workload: float = number(0.3, 0, 3, "capacity", "Work of citizens who engage outside a form")
    relief: float = number(0.5, 0, 1, "share", "Work that citizens' contribution takes over")
    pressure_arms_length: float = number(0.2, 0, 1, "share", "Pressure under a politician at arm's length")
    cocreate_pressure: float = number(1.1, 0, 3, "share", "Pressure against co-creating, relative to accommodating")
    backing: float = number(0.3, 0, 2, "share of pressure", "Backing by a sponsor")
    autonomy_value: float = number(0.6, 0, 2, "share of drive", "Drive that room to decide adds", "E25")
    crowding: float = number(0.5, 0, 2, "share of drive", "Drive that measuring single tasks crowds out", "E25")
    ability_weight: float = number(0.951, 0, 2, "share", "What ability adds to the worth of a response", "E28")
    ability_loss: float = number(0.2, 0, 1, "ability", "Ability that a patron gives up for loyalty", "E28")
    premium: float = number(1.0, 0, 5, "share", "Advantage of supporters where a patron hires freely", "E28")
    political_time: float = number(0.2, 0, 1, "share of time", "Work for the patron, without merit rules", "E28")
    unrest: float = number(0.555, 0, 1, "morale", "Lost at a change of party where posts are not protected", "E27")
    inexperience: float = number(0.842, 0, 1, "share", "What a newcomer's response is worth less", "E27")
    apprenticeship: float = number(10.6, 1, 120, "months", "Months until a newcomer has learned the job", "E27")
    authority: float = number(0.25, 0, 2, "value of quality", "Cost of co-creating under a resisting manager", "E25")
    sanction: float = number(0.25, 0, 1, "chance a month", "Chance that a patron punishes a response", "E27")
    blame: float = number(
        0.5, 0, 2, "share of exposure", "What grounded claims with teeth teach those who do not respond"
    )
    visibility_floor: float = number(0.2, 0, 1, "share", "Visibility without a form")
    attention_scale: float = number(
        3.03, 0, 20, "per share engaged", "How soon engagement fills an official's attention"
    )
    learning: float = number(0.15, 0, 1, "rate a month", "Learning from the consequence of a response")
    practice_rate: float = number(0.05, 0, 1, "rate a month", "Growth of practice by co-creation")
    forgetting: float = number(0.2, 0, 1, "share of that rate", "Fading of practice without co-creation")
    spread: float = number(0.03, 0, 1, "rate a month", "Practice picked up along ties")
    insight_rate: float = number(0.03, 0, 1, "rate a month", "Insight gained from voice", "E29")
    insight_fading: float = number(0.01, 0, 1, "rate a month", "Insight lost as needs change")
    insight_floor: float = number(0.35, 0, 1, "1 - error", "Insight of a newcomer", "E29")
    morale_rate: float = number(0.06, 0, 1, "rate a month", "Speed of morale")
    morale_base: float = number(0.35, 0, 1, "morale", "Where morale lies by itself")
    morale_disposition: float = number(0.2, 0, 1, "morale", "Added in reform-minded people")
    morale_success: float = number(0.35, 0, 1, "morale", "Added by success that is noticed", "E26")
    morale_politicisation: float = number(0.3, 0, 1, "morale", "Lost under an unprotected patron", "E28")
    morale_backing: float = number(0.15, 0, 1, "morale", "Added by a sponsor")
    morale_cover: float = number(0.25, 0, 1, "morale", "Added by a coalition's cover")
    morale_strain: float = number(0.4, 0, 1, "morale", "Lost to missing resources and overload", "E29")
    morale_load: float = number(
        0.5, 0, 2, "share of strain", "Strain of a full load, relative to that of missing resources"
    )
    morale_relief: float = number(0.5, 0, 1, "share", "Part of the strain of a load that sufficient resources take")


class Politicians(Group):
    """How politicians weigh, choose and learn."""

    sensitivity: float = number(6.0, 0, 100, "per value of quality", "How closely stances follow utilities")
    machine_value: float = number(0.8, 0, 5, "per patronage", "Worth of the machine per unit of patronage", "E31")
    quiet: float = number(0.10, 0, 1, "value of quality", "Worth of keeping at arm's length")
    conviction: float = number(0.45, 0, 2, "share of credit", "Credit for a programmatic conviction")
    learning: float = number(0.0977, 0, 1, "rate a month", "Learning from the change in approval")
    learning_scale: float = number(2.0, 0, 20, "utility per approval", "Worth of a change in approval")
    approval_rate: float = number(0.10, 0, 1, "rate a month", "Speed of approval")
    even_approval: float = number(0.45, 0, 1, "approval", "Approval at which re-election is even", "E30")
    newcomer_spread: float = number(0.6, 0, 1, "orientation", "Spread of a newcomer's orientation")
    disclosure: float = number(2.0, 0, 5, "approval per share", "Approval that published diversion costs", "E30")
    inheritance: float = number(0.982, 0, 1, "share", "Experience with stances that a newcomer takes over", "E27")
    newcomer_pull: float = number(0.0157, 0, 3, "per share engaged", "How engagement pulls a newcomer's orientation")


class Services(Group):
    """Encounters, and how quality comes about."""

    success_resist: float = number(0.03, 0, 1, "chance", "Success against resistance")
    success_token: float = number(0.12, 0, 1, "chance", "Success at a token response")
    success_accommodate: float = number(0.67, 0, 1, "chance", "Success at accommodation")
    success_cocreate: float = number(0.85, 0, 1, "chance", "Success at co-creation with full influence")
    success_practice: float = number(0.1, 0, 1, "chance", "Success that full practice adds to a real response")
    success_joint_practice: float = number(0.05, 0, 1, "chance", "Success that it adds to co-creation on top")
    confront_factor: float = number(0.8, 0, 1, "share", "Success of confrontation relative to talk")
    teeth_value: float = number(0.25, 0, 1, "chance", "Success that teeth add when many confront", "E03")
    success_most: float = number(0.95, 0, 1, "chance", "Highest chance of success of confrontation")
    capture_guard: float = number(0.5, 0, 1, "share", "Capture held off by a reform-minded official", "E22")
    delivery: float = number(0.8, 0, 1, "chance", "Chance that a patron delivers a favour", "E31")
    gain: float = number(0.129, 0, 1, "rate a month", "Gain of quality by responsive officials")
    decay: float = number(0.00697, 0, 1, "rate a month", "Decay of quality")
    leakage: float = number(0.00199, 0, 1, "rate a month per patronage", "Quality that a patron lets leak", "E11, E28")
    diligence: float = number(0.47, 0, 1, "share", "Unmet needs that responsive officials still see to", "E13")
    wellbeing_rate: float = number(0.05, 0, 1, "rate a month", "Speed at which lives follow services")
    token_work: float = number(0.3, 0, 1, "share", "Worth of a token response to the service")
    accommodate_work: float = number(0.737, 0, 1, "share", "Worth of accommodation")
    voice_gain: float = number(0.12, 0, 1, "share", "Added by voice")
    contribution_gain: float = number(0.3, 0, 1, "share", "Added by what citizens contribute")
    practice_gain: float = number(0.3, 0, 1, "share", "Added by practice")


class Oversight(Group):
    """What is diverted, who looks, and how looking is undermined."""

    diversion: float = number(0.75, 0, 1, "share of means", "Means that clientelist officials divert unseen", "E11")
    restraint: float = number(0.95, 0, 1, "share", "Part of it that reform-minded officials leave alone")
    wage_share: float = number(0.25, 0, 1, "share of means", "Means spent on wages, which citizens can watch", "E11")
    watch: float = number(0.3, 0, 1, "share", "Diverted wages that citizens who engage prevent", "E11")
    legal_deterrence: float = number(0.205, 0, 1, "share", "Diversion that a certain audit deters by law", "E11, E30")
    electoral_deterrence: float = number(0.391, 0, 1, "share", "Diversion that facing voters who know deters", "E30")
    unaudited: float = number(0.8, 0, 1, "share", "What voters know without an audit", "E30")
    windfall: float = number(2.0, 0, 10, "share per share", "Rise of diversion with means beyond the usual", "E30")
    scrutiny_rate: float = number(0.3, 0, 1, "rate a month", "Speed at which announced audits are believed", "E11")
    scrutiny_fading: float = number(0.035, 0, 1, "rate a month", "Speed at which past audits are forgotten", "E30")
    penalty: float = number(0.977, 0, 3, "value of quality", "Penalty when monitoring finds no response", "E10")
    recourse: float = number(
        13.0,
        0,
        50,
        "share per share",
        "Part of what is diverted that a centre stops on appeal, per share diverted",
        "E07",
    )
    waiving: float = number(0.12, 0, 1, "rate a month", "Speed at which superiors come to waive penalties", "E10")


class Coalitions(Group):
    """When people stand together, and when that counts."""

    strength: float = number(0.6, 0, 1, "share", "Pressure and risk that full cover takes away")
    leaving_share: float = number(0.6, 0, 1, "share of threshold", "Active share below which a member leaves")
    brokering: float = number(0.0, 0, 1, "share of threshold", "What a broker takes off the threshold of joining")
    citizen_scale: float = number(2.0, 0, 20, "per share", "How soon citizens in a coalition count as all")
    without_sponsor: float = number(0.5, 0, 1, "share", "Cover without the politician")
    minimum_share: float = fixed(0.1, 0, 1, "share of agents", "Share of all agents in broad coalitions that counts")
    persistence: int = fixed(6, 1, 120, "months", "Months in a row before a coalition has formed")
