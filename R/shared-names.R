# Functions whose names other packages have too. Ours hand on what is none of this package's, so
# that they may come first; where they come second, methods or put_in_front() bring the call here.

# Methods for the generics of others, beside those for ours.
#' @rawNamespace
#' S3method(generics::fit, hearingai_recipe)
#' S3method(generics::fit, hearingai_classifier)
#' S3method(generics::evaluate, hearingai_classifier)
#' S3method(generics::evaluate, hearingai_exported)
#' S3method(generics::evaluate, hearingai_ensemble)
#' S3method(generics::explain, hearingai_classifier)
#' S3method(dplyr::explain, hearingai_classifier)
#' S3method(generics::explain, hearingai_exported)
#' S3method(dplyr::explain, hearingai_exported)
#' S3method(generics::explain, hearingai_ensemble)
#' S3method(dplyr::explain, hearingai_ensemble)
NULL

is_ours <- function(x) {
  inherits(x, c("hearingai_object", "hearingai_table"))
}

# The generic `name` that has a method for `x`, of the given packages that are loaded; else that of
# generics.
generic_for <- function(name, x, packages = character()) {
  for (package in Filter(isNamespaceLoaded, packages)) {
    where <- asNamespace(package)
    methods <- lapply(class(x), utils::getS3method, f = name, optional = TRUE, envir = where)
    if (exists(name, where) && length(Filter(Negate(is.null), methods))) {
      return(getExportedValue(package, name))
    }
  }
  getExportedValue("generics", name)
}

# Where a package that is attached later has a function of that name that cannot dispatch to ours.
masked_by <- list(
  ggplot2 = c("annotate", "layer"), keras3 = c("adapt", "fit"), keras = "fit", generics = "fit",
  parsnip = "fit", workflows = "fit", infer = "fit", luz = "fit", tabnet = "fit"
)

front <- "hearingai:shared"

# Puts ours in front again; library() then says that they mask the others.
put_in_front <- function(names) {
  attached <- match("package:hearingai", search())
  if (is.na(attached)) {
    return(invisible())
  }
  names <- intersect(names, ls(attached))
  if (front %in% search()) {
    names <- union(names, ls(front))
    detach(front, character.only = TRUE)
  }
  base::attach(mget(names, envir = as.environment("package:hearingai")),
    name = front, warn.conflicts = FALSE
  )
}

.onLoad <- function(libname, pkgname) {
  for (package in names(masked_by)) {
    local({
      names <- masked_by[[package]]
      setHook(packageEvent(package, "attach"), function(...) put_in_front(names))
    })
  }
  # tensorflow, and keras3 with it, has a generic evaluate() of its own
  setHook(packageEvent("tensorflow", "onLoad"), function(...) register_evaluate())
  if (isNamespaceLoaded("tensorflow")) register_evaluate()
  # and vetiver, generics of which a model has methods
  setHook(packageEvent("vetiver", "onLoad"), function(...) register_for_vetiver())
  if (isNamespaceLoaded("vetiver")) register_for_vetiver()
}

.onDetach <- function(libpath) {
  if (front %in% search()) detach(front, character.only = TRUE)
}

register_evaluate <- function() {
  where <- asNamespace("tensorflow")
  if (exists("evaluate", where)) {
    for (class in c("hearingai_classifier", "hearingai_ensemble", "hearingai_exported")) {
      registerS3method("evaluate", class, get(paste0("evaluate.", class)), envir = where)
    }
  }
}
