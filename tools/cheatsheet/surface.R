# What R offers, as JSON: each exported function with its arguments as one writes them, and its
# group of _pkgdown.yml. Reads R code from stdin, an array of strings in JSON, and says what is
# wrong in it.
#
#   Rscript tools/cheatsheet/surface.R ROOT < code.json
root <- commandArgs(TRUE)[[1]]
package <- asNamespace("hearingai")
methods <- sub("[.]hearingai_classifier$", "", ls(package, pattern = "[.]hearingai_classifier$"))

# The function that a name stands for: of a generic, its method for classifiers.
meant <- function(name) {
  method <- paste0(name, ".hearingai_classifier")
  if (exists(method, package)) get(method, package) else get(name, package)
}

signature_of <- function(name) {
  arguments <- as.list(formals(meant(name)))
  written <- vapply(arguments, function(x) paste(deparse(x), collapse = ""), "")
  unname(ifelse(nzchar(written), paste(names(arguments), "=", written), names(arguments)))
}

# Name, aliases and whether it is shown, of every help page.
topics <- lapply(list.files(file.path(root, "man"), "[.]Rd$", full.names = TRUE), function(path) {
  lines <- readLines(path, encoding = "UTF-8")
  field <- function(tag) {
    found <- grep(sprintf("^\\\\%s\\{", tag), lines, value = TRUE)
    sub("^[^{]*\\{(.*)\\}$", "\\1", found)
  }
  list(aliases = field("alias"), internal = "internal" %in% field("keyword"))
})
topics <- Filter(function(topic) !topic$internal, topics)

in_group <- function(name, contents) {
  start <- gregexpr('(?<=starts_with\\(")[^"]+', contents, perl = TRUE)
  prefixes <- unlist(regmatches(contents, start))
  wanted <- c(name, paste0(name, ".hearingai_classifier"))
  page <- Filter(function(topic) any(wanted %in% topic$aliases), topics)
  aliases <- unlist(lapply(page, `[[`, "aliases"))
  any(aliases %in% contents) || any(startsWith(name, prefixes))
}

groups <- yaml::read_yaml(file.path(root, "_pkgdown.yml"))$reference
group_of <- function(name) {
  titles <- vapply(groups, `[[`, "", "title")
  found <- vapply(groups, function(group) in_group(name, unlist(group$contents)), NA)
  titles[found]
}

# Calls in code, nested ones too.
calls_in <- function(code) {
  if (!is.call(code)) {
    return(list())
  }
  c(list(code), unlist(lapply(as.list(code), calls_in), recursive = FALSE))
}

faults_of <- function(text) {
  code <- tryCatch(parse(text = text), error = function(e) NULL)
  if (is.null(code)) {
    return("is no R code")
  }
  unlist(lapply(unlist(lapply(code, calls_in), recursive = FALSE), faults_of_call))
}

faults_of_call <- function(call) {
  name <- as.character(call[[1]])
  if (!name %in% c(getNamespaceExports(package), methods)) {
    known <- exists(name, baseenv(), mode = "function") || exists(name, asNamespace("stats"))
    return(if (!known) sprintf("%s() does not exist", name))
  }
  taken <- names(formals(meant(name)))
  open <- "..." %in% taken && !name %in% methods # a method's dots are not used
  unknown <- if (!open) setdiff(names(as.list(call)[-1]), c("", taken))
  if (length(unknown)) sprintf("%s() has no argument %s", name, unknown)
}

names <- sort(unique(c(getNamespaceExports(package), "predict")), method = "radix")
code <- jsonlite::fromJSON(file("stdin"), simplifyVector = TRUE)
cat(jsonlite::toJSON(list(
  groups = vapply(groups, `[[`, "", "title"),
  functions = lapply(stats::setNames(nm = names), function(name) {
    list(arguments = I(signature_of(name)), groups = I(group_of(name)))
  }),
  faults = lapply(code, function(text) I(as.character(faults_of(text))))
), auto_unbox = TRUE))
