#!/usr/bin/env bash
# Brings a bare machine to where `make test` runs; where nothing is missing it does nothing, and needs no network.
#
#   tools/setup.sh [r] [python] [package]     (all three by default)
#
#   r        R, the R packages, reticulate
#   python   the Python package, TensorFlow and the test tools, in .venv
#   package  the R package, in .Rlib
#
# Only system packages (apt) leave the checkout; the rest is in .venv, .Rlib and .setup (logs).
# PYTHON=/path/to/python chooses the Python.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"
VENV=$ROOT/.venv
RLIB=$ROOT/.Rlib
STATE=$ROOT/.setup
CRAN=https://cloud.r-project.org

R_MIN=4.2
RETICULATE_MIN=1.41
# The oldest versions tested, where it matters, are those of Debian 12.
R_PACKAGES="testthat>=3.1.6 roxygen2>=7.2 tibble>=3.1 cli>=3.6 rlang>=1.0.6 generics ggplot2>=3.4 ggalluvial av knitr rmarkdown
  lintr>=3 withr jsonlite yaml xml2 pkgdown>=2.0 png Rcpp>=1.0.7 RcppTOML here rappdirs Matrix covr dplyr rsample"
# Debian's package for each command that is not part of an R package.
TOOL_DEBS="g++=r-base-dev pandoc=pandoc qpdf=qpdf make=make chromium=chromium chromedriver=chromium-driver"
RETICULATE_DEB_VERSION=1.41.0.1+dfsg-1
# rpy2 3.6.7 and later need R 4.5.
RPY2_BEFORE_R_4_5="rpy2==3.6.6 rpy2-rinterface==3.6.5 rpy2-robjects==3.6.4"

export R_LIBS=$RLIB${R_LIBS:+:$R_LIBS}
APT_UPDATED=

# --- saying and running ------------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }

# die WHAT [WHAT-TO-DO]...
die() {
  printf 'setup: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# try LOG COMMAND...: the output goes to .setup/LOG.log
try() {
  local log=$STATE/$1.log
  shift
  printf '\n$ %s\n' "${*%%$'\n'*}" >>"$log"
  "$@" >>"$log" 2>&1
}

# fail LOG WHAT [WHAT-TO-DO]...: die with the end of the log
fail() {
  local log=$1
  shift
  tail -n 15 "$STATE/$log.log" >&2 || true
  die "$@" "The whole log: .setup/$log.log"
}

have() { command -v "$1" >/dev/null 2>&1; }

sha() { if have sha256sum; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

# Two set-ups in one checkout would write the same libraries.
lock() {
  have flock || return 0
  exec 9>"$STATE/lock"
  flock -n 9 && return 0
  say "Waiting for another set-up of this checkout to end"
  flock 9
}

# --- Debian's packages -------------------------------------------------------------------------------------------------

can_apt() { have apt-get && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Names that this distribution does not have are left out: one unknown name would stop apt-get from installing the others.
apt_install() {
  local known
  if [ -z "$APT_UPDATED" ]; then
    try apt as_root apt-get update || true
    APT_UPDATED=yes
  fi
  known=$(printf '%s\n' "$@" | grep -Fx -f <(apt-cache pkgnames)) || return 1
  # shellcheck disable=SC2086
  try apt as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 $known
}

# r_debs NAME...: Debian's packages of these R packages
r_debs() { printf 'r-cran-%s ' "$@" | tr '[:upper:]' '[:lower:]'; }

missing_tool_debs() {
  local pair
  for pair in $TOOL_DEBS; do
    have "${pair%%=*}" || printf '%s ' "${pair#*=}"
  done
}

# --- R and its packages ------------------------------------------------------------------------------------------------

r_version() { Rscript --version 2>&1 | sed -n -E 's/.*version ([0-9.]+).*/\1/p'; }

# r_older_than X.Y
r_older_than() { [ "$(printf '%s\n%s\n' "$1" "$(r_version)" | sort -V | head -n 1)" != "$1" ]; }

# Names what is missing, too old or does not load. Loading everything takes seconds: done once for each set of versions.
# shellcheck disable=SC2016
MISSING_R='
  args <- commandArgs(TRUE)
  wanted <- strsplit(args[-1], ">=", fixed = TRUE)
  name <- vapply(wanted, `[[`, "", 1)
  version <- vapply(wanted, function(want) {
    found <- tryCatch(format(utils::packageVersion(want[1])), error = function(e) NA_character_)
    if (length(want) > 1 && !is.na(found) && package_version(found) < want[2]) NA_character_ else found
  }, "")
  good <- !is.na(version)
  state <- c(R.version.string, .libPaths(), paste(name, version))
  if (!file.exists(args[1]) || !identical(readLines(args[1]), state)) {
    good[good] <- suppressWarnings(vapply(name[good], requireNamespace, NA, quietly = TRUE))
  }
  if (all(good)) writeLines(state, args[1])
  cat("missing:", name[!good], "\n")'

# missing_r_packages NAME[>=VERSION]...
missing_r_packages() {
  Rscript --no-init-file -e "$MISSING_R" "$STATE/r-packages-$1" "${@:2}" 2>>"$STATE/r.log" | sed -n 's/^missing: *//p' ||
    fail r "Rscript does not run." "Repair R, then run tools/setup.sh again."
}

INSTALL_R='
  args <- commandArgs(TRUE)
  repos <- getOption("repos")["CRAN"]
  if (is.na(repos) || repos == "@CRAN@") repos <- args[1]
  options(timeout = 10)
  utils::download.file(paste0(repos, "/src/contrib/PACKAGES.gz"), tempfile(), quiet = TRUE)
  options(timeout = 600)
  utils::install.packages(args[-1], lib = .libPaths()[1], repos = repos)'

# A CRAN that does not answer within 10 s is taken as out of reach.
cran_install() { try r Rscript --no-init-file -e "$INSTALL_R" "$CRAN" "$@"; }

# cran_line NAME...: what to type instead
cran_line() {
  local names
  names=$(printf ', "%s"' "$@")
  printf 'Rscript -e '\''install.packages(c(%s), lib = "%s", repos = "%s")'\' "${names:2}" "$RLIB" "$CRAN"
}

r_names() { local want; for want in $R_PACKAGES; do printf '%s ' "${want%%>=*}"; done; }

# shellcheck disable=SC2046
die_without_r() {
  die "R >= $R_MIN is not installed, and cannot be installed from here. Type this, then run tools/setup.sh again:" \
    "On Debian or Ubuntu:" \
    "  sudo apt-get update" \
    "  sudo apt-get install --no-install-recommends r-base-core r-base-dev pandoc qpdf make $(r_debs $(r_names))" \
    "Elsewhere: install R >= $R_MIN from https://cran.r-project.org, then" \
    "  mkdir -p $RLIB" \
    "  $(cran_line $(r_names) reticulate)"
}

r_is_from_apt() { have dpkg && dpkg -S "$(readlink -f "$(command -v Rscript)")" >/dev/null 2>&1; }

# shellcheck disable=SC2046
install_r() {
  can_apt || die_without_r
  say "R: installing from apt (log: .setup/apt.log)"
  apt_install r-base-core r-base-dev pandoc qpdf make $(r_debs $(r_names)) ||
    fail apt "apt-get could not install R." "Repair apt, then run tools/setup.sh again."
  hash -r
  have Rscript || die_without_r
}

# pandoc and qpdf serve `make check` alone, Chromium the tests of the page, which are skipped without it:
# without apt their absence is only said.
install_tools() {
  local debs
  debs=$(missing_tool_debs)
  [ -n "$debs" ] || return 0
  # shellcheck disable=SC2086
  if can_apt && apt_install $debs; then
    say "Tools: installed $debs"
  else
    say "Tools: missing $debs- on Debian or Ubuntu: sudo apt-get install --no-install-recommends $debs"
  fi
}

# install_r_packages NAME...
# shellcheck disable=SC2046,SC2086
install_r_packages() {
  local missing="$*"
  say "R packages: installing $missing (log: .setup/r.log)"
  if r_is_from_apt && can_apt; then
    apt_install $(r_debs $missing) || true
    missing=$(missing_r_packages base $R_PACKAGES)
  fi
  if [ -n "$missing" ]; then
    cran_install $missing || true
    missing=$(missing_r_packages base $R_PACKAGES)
  fi
  [ -z "$missing" ] || fail r "R packages missing: $missing" "Type this, then run tools/setup.sh again:" \
    "On Debian or Ubuntu: sudo apt-get install --no-install-recommends $(r_debs $missing)" \
    "Elsewhere: $(cran_line $missing)" "What apt said, if it was asked: .setup/apt.log"
}

# --- reticulate: newer than Debian 12 has it ---------------------------------------------------------------------------

# The user's own mirror, so that a proxy or a local mirror keeps working.
debian_mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI)' | awk '/\/debian(\.list)?\/?$/ && !seen { print; seen = 1 }'
}

# debian_source DIR: the upstream tarball of Debian trixie's reticulate, by an apt configuration of its own.
debian_source() {
  local dir=$1 mirror version
  local key=/usr/share/keyrings/debian-archive-keyring.gpg
  local -a apt=(-o "Dir::Etc::SourceList=$dir/sources.list" -o "Dir::Etc::SourceParts=$dir/none"
    -o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir/cache" -o APT::Sandbox::User=root)
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || { echo "No Debian mirror among apt's sources" && return 1; }
  mkdir -p "$dir/none" "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/source"
  echo "deb-src [signed-by=$key] $mirror trixie main" >"$dir/sources.list"
  apt-get "${apt[@]}" update || return 1
  for version in "=$RETICULATE_DEB_VERSION" ""; do
    (cd "$dir" && apt-get "${apt[@]}" source --tar-only --download-only "r-cran-reticulate$version") && break
  done
  tar -xf "$dir"/r-cran-reticulate_*.orig.tar.* -C "$dir/source" --strip-components=1
}

reticulate_from_debian() {
  local dir=$STATE/reticulate
  have apt-get || return 1
  rm -rf "$dir"
  mkdir -p "$dir"
  try r debian_source "$dir" || return 1
  try r env MAKEFLAGS="-j$(getconf _NPROCESSORS_ONLN)" R CMD INSTALL --library="$RLIB" "$dir/source" || return 1
  rm -rf "$dir"
}

reticulate_ok() {
  local missing
  missing=$(missing_r_packages reticulate "reticulate>=$RETICULATE_MIN") && [ -z "$missing" ]
}

install_reticulate() {
  say "reticulate: installing into .Rlib (log: .setup/r.log)"
  cran_install reticulate || true
  reticulate_ok || reticulate_from_debian || true
  reticulate_ok || fail r "reticulate >= $RETICULATE_MIN could not be installed from CRAN or from Debian." \
    "Where CRAN can be reached, type: $(cran_line reticulate)" \
    "Elsewhere, bring its source package and type: R CMD INSTALL --library=$RLIB reticulate_VERSION.tar.gz"
}

setup_r() {
  local missing
  have Rscript || install_r
  ! r_older_than "$R_MIN" || die "R $(r_version) is too old: hearingai needs R >= $R_MIN." \
    "Install a newer one from https://cran.r-project.org, then run tools/setup.sh again."
  install_tools
  # shellcheck disable=SC2086
  missing=$(missing_r_packages all $R_PACKAGES "reticulate>=$RETICULATE_MIN")
  # shellcheck disable=SC2086
  case $missing in
    "" | reticulate*) ;;
    *) install_r_packages ${missing%reticulate*} ;;
  esac
  case $missing in *reticulate*) install_reticulate ;; esac
  say "R packages: ok (R $(r_version))"
}

# --- Python ------------------------------------------------------------------------------------------------------------

# R's reticulate loads Python as a shared library, which not every build has.
PYTHON_PROBE='
import sys
if sys.version_info < (3, 10): sys.exit("older than 3.10")
import ensurepip, glob, os, sysconfig, venv
folders = [sysconfig.get_config_var("LIBDIR") or "", os.path.join(sys.base_prefix, "lib")]
stem = "libpython%d.%d*." % sys.version_info[:2]
found = [f for d in folders for end in ("so*", "dylib") for f in glob.glob(os.path.join(d, stem + end))]
if sys.argv[1] == "shared" and not found and not sysconfig.get_config_var("PYTHONFRAMEWORK"): sys.exit("not shared")
print(sys.executable)'

# find_python shared|any
find_python() {
  local need=$1 python
  if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.13 python3.12 python3.11 python3.10 python3 /usr/bin/python3; fi
  for python in "$@"; do
    "$python" -c "$PYTHON_PROBE" "$need" 2>/dev/null && return 0
  done
  return 1
}

choose_python() {
  find_python shared && return 0
  if [ -z "${PYTHON:-}" ] && can_apt && apt_install python3 python3-venv python3-dev; then
    find_python shared && return 0
  fi
  find_python any && return 0
  [ -z "${PYTHON:-}" ] || die "PYTHON=$PYTHON is not a Python >= 3.10 with venv."
  die "No Python >= 3.10 with venv was found. Type this, then run tools/setup.sh again:" \
    "On Debian or Ubuntu: sudo apt-get install --no-install-recommends python3 python3-venv python3-dev" \
    "Elsewhere: install Python 3.10 to 3.13 from https://www.python.org and, if it is not in PATH, set PYTHON to it."
}

# Usable: it starts, lies where it was made (its scripts hold that path), and is of the Python asked for.
venv_usable() {
  local home
  grep -qsF "$VENV" "$VENV/bin/activate" && "$VENV/bin/python" -c '' 2>/dev/null || return 1
  [ -n "${PYTHON:-}" ] || return 0
  home='import sys; print(sys.base_prefix, sys.version)'
  [ "$("$PYTHON" -c "$home")" = "$("$VENV/bin/python" -c "$home")" ]
}

create_venv() {
  local python
  python=$(choose_python)
  try python "$python" -m venv --clear "$VENV" ||
    fail python "$python could not make the environment .venv." "Choose another Python with PYTHON=/path/to/python."
  "$VENV/bin/python" -c "$PYTHON_PROBE" shared >/dev/null 2>&1 ||
    say "Python environment: $python has no shared library, so R cannot use it; PYTHON=/path/to/python chooses another"
}

rpy2_requirements() {
  if ! have Rscript; then return 0; fi
  if r_older_than 4.5; then echo "$RPY2_BEFORE_R_4_5"; else echo rpy2; fi
}

python_state() {
  sha "$ROOT/pyproject.toml" "$ROOT/tools/setup.sh"
  if have Rscript; then r_version; else echo "without R"; fi
}

setup_python() {
  local stamp=$VENV/.hearingai-stamp
  if venv_usable && [ "$(cat "$stamp" 2>/dev/null)" = "$(python_state)" ]; then
    say "Python environment: ok"
    return
  fi
  say "Python environment: installing into .venv (log: .setup/python.log)"
  venv_usable || create_venv
  # An older pip does it too, in several times as long.
  try python "$VENV/bin/python" -m pip install "pip>=25.1" || true
  # shellcheck disable=SC2046
  try python "$VENV/bin/python" -m pip install -e ".[tensorflow,demo,test]" $(rpy2_requirements) ||
    fail python "pip could not install the Python packages." \
      "Without a network: run tools/setup.sh again with one." \
      "TensorFlow has no build for every Python: PYTHON=/path/to/python chooses another (3.10 to 3.13)." \
      "rpy2 builds against R: on Debian or Ubuntu that needs r-base-dev and python3-dev."
  python_state >"$stamp"
  say "Python environment: ready in .venv ($("$VENV/bin/python" --version))"
  have Rscript || say "Python environment: without rpy2, as R is not installed; tools/setup.sh installs both"
}

# --- the R package -----------------------------------------------------------------------------------------------------

# inst/python is the core, so its files count too.
package_state() {
  r_version
  { find DESCRIPTION NAMESPACE R man inst -type f ! -name '*.pyc' ! -path '*.egg-info/*' 2>/dev/null || true; } |
    LC_ALL=C sort | tr '\n' '\0' | xargs -0 "$(have sha256sum && echo sha256sum || echo shasum)" | sha
}

setup_package() {
  local stamp=$STATE/package
  have Rscript || die "The R package needs R." "Type: tools/setup.sh r package"
  if [ -e "$RLIB/hearingai/DESCRIPTION" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$(package_state)" ]; then
    say "R package: ok"
    return
  fi
  try package R CMD INSTALL --library="$RLIB" "$ROOT" ||
    fail package "R CMD INSTALL of the package failed." "If a package is missing: tools/setup.sh r"
  package_state >"$stamp"
  say "R package: installed into .Rlib"
}

main() {
  local step
  [ $# -gt 0 ] || set -- r python package
  for step in "$@"; do
    case $step in
      r | python | package) ;;
      *)
        sed -n '/^#   /s/^# *//p' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
    esac
  done
  mkdir -p "$STATE" "$RLIB"
  lock
  for step in r python package; do
    case " $* " in *" $step "*) "setup_$step" ;; esac
  done
}

main "$@"
