# What the tests of events share: a noise that comes and goes, and events against the truth.

bursts <- withr::with_seed(1, stats::rnorm(80000) / 10 * rep(c(0, 1), each = 8000))
low <- c(no = 0.45, yes = 0.45)

recording <- function(envir = parent.frame()) {
  path <- withr::local_tempfile(fileext = ".wav", .local_envir = envir)
  write_audio(path, bursts, 16000, "FLOAT")
  path
}

there <- data.frame(
  fname = c("a", "a", "a", "b"), start = c(1, 5, 9, 1), end = c(2, 6, 9.5, 2),
  label = c("go", "no", "up", "go")
)
heard <- data.frame(
  fname = c("a", "a", "a", "a", "b"), start = c(1, 1.2, 5.1, 20, 1.1),
  end = c(2, 2, 6, 21, 2.1), label = factor(c("go", "go", "up", "go", "go")),
  score = c(0.9, 0.8, 0.7, 0.6, 0.5)
)
