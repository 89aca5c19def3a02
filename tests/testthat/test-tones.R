skip_if_no_core()

test_that("tones are made and found again", {
  tone <- two_tone(c(500, 3000), duration = 0.5, sample_rate = 16000, amplitudes = c(0.6, 0.3))
  expect_null(dim(tone))
  time <- seq(0, 7999) / 16000
  expect_equal(
    tone, 0.6 * sin(2 * pi * 500 * time) + 0.3 * sin(2 * pi * 3000 * time),
    tolerance = 1e-6
  )
  expect_equal(find_tones(tone, 16000), c(500, 3000), tolerance = 1e-5)
  expect_equal(find_tones(tone, 16000, n = 1), 500, tolerance = 1e-5)
  expect_equal(find_tones(rbind(tone, tone), 16000), c(500, 3000), tolerance = 1e-5)
  expect_length(find_tones(numeric(100), 16000), 0)
  expect_length(two_tone(100, sample_rate = 1000), 1000)
  expect_refused(two_tone(12000), "`frequencies` must be below half the sample rate")
  expect_refused(two_tone(amplitudes = 0.5), "`amplitudes` must be 2 numbers")
})
