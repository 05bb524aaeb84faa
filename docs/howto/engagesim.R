# Run engagesim from R, and read what it wrote. Use it with: source("engagesim.R")

# Run a command, such as engagesim("run", "months=12", "output=my_run"); stops if it fails.
engagesim <- function(...) {
  status <- system2("engagesim", shQuote(c(...)))
  if (status != 0) stop("engagesim ended with exit code ", status, call. = FALSE)
  invisible(status)
}

# Read what `engagesim export STUDY` wrote: a list of tables, whose columns have labels with their units.
engagesim_study <- function(folder) {
  files <- list.files(folder, "[.]csv$", full.names = TRUE)
  if (length(files) == 0) stop(folder, " holds no tables; write them with: engagesim export STUDY", call. = FALSE)
  tables <- lapply(files, read.csv, check.names = FALSE, na.strings = "")
  names(tables) <- sub("[.]csv$", "", basename(files))
  about <- tables$variables
  names <- setdiff(names(tables), "variables")
  sapply(names, simplify = FALSE, function(kind) {
    table <- tables[[kind]]
    for (name in intersect(names(table), about$variable[about$table == kind])) {
      row <- about[about$table == kind & about$variable == name, ]
      words <- c(row$description, if (!is.na(row$unit)) paste0("(", row$unit, ")"))
      attr(table[[name]], "label") <- paste(words[!is.na(words)], collapse = " ")
    }
    table
  })
}
