test_that("named NULLs are dropped, positional ones are refused by name", {
  skip_if_no_core()
  expect_equal(py_call("fit_length", py_waveform(1:3 / 4), 2L, crop = NULL), array(1:2 / 4))
  samples <- NULL
  expect_refused(
    py_call("fit_length", py_waveform(1:3), py_int(samples)), "`samples` must be given.*NULL"
  )
  expect_null(py_call("bridge.plain", py_none(NULL)))
})
