library(testthat)
library(hearingai)

test_check("hearingai")
