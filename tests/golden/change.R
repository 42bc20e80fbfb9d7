# Two waves: differences of means and of Plackett-Luce worths under strata, units and weights, in a domain, and in a panel.
# Rscript change.R   writes change_waves.csv and change.json beside this file.
suppressMessages({library(survey); library(survival); library(jsonlite)})
set.seed(7)
persons <- 160
home <- data.frame(person = 1:persons, stratum = rep(1:4, each = 40), psu = rep(1:20, each = 8),
                   region = sample(1:3, persons, TRUE, c(.5, .3, .2)))
mind <- matrix(rnorm(persons * 4), persons)
unit <- rnorm(20, 0, 0.5)
worth <- list(c(0.8, 0.3, 0, -0.6), c(0.4, 0.6, 0, -0.5))
one <- function(wave) {
  d <- home[sort(sample(persons, 120)), ]
  d$wave <- wave
  d$weight <- round(runif(nrow(d), 0.5, 3), 3)
  for (j in 1:4)
    d[[paste0("q", j)]] <- pmin(5, pmax(1, round(3 + 0.2 * j + 0.3 * wave * (j == 2) + unit[d$psu] + mind[d$person, j] * 0.8 + rnorm(nrow(d)) * 0.7)))
  r <- t(sapply(seq_len(nrow(d)), function(i)
    rank(-(worth[[wave]] + 0.5 * mind[d$person[i], ] + unit[d$psu[i]] * c(1, 0, 0, -1) - log(-log(runif(4)))))))
  for (j in 1:4) d[[paste0("r", j)]] <- r[, j]
  d
}
d <- rbind(one(1), one(2))
write.csv(d[c("wave", "person", "stratum", "psu", "region", "weight", paste0("q", 1:4), paste0("r", 1:4))],
          "change_waves.csv", row.names = FALSE)

difference <- function(design) {
  m <- svyby(~q1 + q2 + q3 + q4, ~wave, design, svymean, covmat = TRUE)
  v <- vcov(m)
  names <- c(paste0("1:q", 1:4), paste0("2:q", 1:4))
  v <- v[names, names]
  L <- cbind(-diag(4), diag(4))
  e <- unlist(m[2, paste0("q", 1:4)]) - unlist(m[1, paste0("q", 1:4)])
  list(difference = unname(as.vector(e)), vcov = unname(L %*% v %*% t(L)))
}
separate <- svydesign(ids = ~interaction(wave, psu, drop = TRUE), strata = ~interaction(wave, stratum, drop = TRUE),
                      weights = ~weight, data = d)
same_units <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d)
people <- svydesign(ids = ~person, weights = ~weight, data = d)
out <- list(versions = list(R = R.version.string, survey = as.character(packageVersion("survey")),
                            survival = as.character(packageVersion("survival"))))
out$separate <- difference(separate)
out$same_units <- difference(same_units)
out$panel <- difference(people)
out$domain <- c(difference(subset(separate, region == 1)), df = degf(subset(separate, region == 1)))

long <- data.frame(row = rep(seq_len(nrow(d)), each = 4), item = factor(rep(1:4, nrow(d))),
                   rank = as.vector(t(as.matrix(d[paste0("r", 1:4)]))))
exploded <- do.call(rbind, lapply(seq_len(nrow(d)), function(i) do.call(rbind, lapply(1:2, function(s) {
  part <- long[long$row == i & long$rank >= s, ]
  data.frame(row = i, chosen = as.integer(part$rank == s), item = part$item, stage = i * 10 + s)
}))))
exploded <- cbind(exploded, d[exploded$row, c("wave", "stratum", "psu", "weight", "person")])
for (j in 2:4) {
  exploded[[paste0("i", j)]] <- as.integer(exploded$item == j)
  exploded[[paste0("c", j)]] <- exploded[[paste0("i", j)]] * (exploded$wave == 2)
}
exploded$time <- 1
formula <- Surv(time, chosen) ~ i2 + i3 + i4 + c2 + c3 + c4 + strata(stage)
wald <- function(design) {
  fit <- svycoxph(formula, design)
  k <- paste0("c", 2:4)
  list(difference = unname(coef(fit)[k]), vcov = unname(vcov(fit)[k, k]),
       wald = as.numeric(t(coef(fit)[k]) %*% solve(vcov(fit)[k, k]) %*% coef(fit)[k]))
}
out$worths_separate <- wald(svydesign(ids = ~interaction(wave, psu, drop = TRUE),
  strata = ~interaction(wave, stratum, drop = TRUE), weights = ~weight, data = exploded))
out$worths_panel <- wald(svydesign(ids = ~person, weights = ~weight, data = exploded))
plain <- function(rows) clogit(chosen ~ i2 + i3 + i4 + strata(stage), exploded[rows, ], method = "breslow")$loglik[2]
out$likelihood_ratio <- 2 * (plain(exploded$wave == 1) + plain(exploded$wave == 2) - plain(rep(TRUE, nrow(exploded))))
write_json(out, "change.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
