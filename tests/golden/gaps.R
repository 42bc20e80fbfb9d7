# Capability gaps of departments: subpopulation means with and without finite population, gap index, omega, partial pooling.
# Rscript gaps.R   writes gaps_synth.csv and gaps.json beside this file.
suppressMessages({library(survey); library(metafor); library(jsonlite)})
set.seed(7)
answered <- c(24, 31, 12, 45, 18, 9)
headcount <- c(30, 52, 14, 90, 40, 9)
d <- data.frame(dept = rep(seq_along(answered), answered))
n <- nrow(d)
ability <- rnorm(n) + rnorm(length(answered), 0, 0.5)[d$dept]
need <- c(2, 3, 2)
for (j in 1:3) {
  d[[paste0("c", j)]] <- pmin(4, pmax(0, round(2 + 0.7 * ability + 0.8 * rnorm(n) - 0.2 * j)))
  d[[paste0("r", j)]] <- if (j == 2) sample(1:3, n, TRUE) else need[j]
}
write.csv(d, "gaps_synth.csv", row.names = FALSE)
d$headcount <- headcount[d$dept]
d$weight <- d$headcount / answered[d$dept]
for (j in 1:3) {
  d[[paste0("signed", j)]] <- d[[paste0("r", j)]] - d[[paste0("c", j)]]
  d[[paste0("short", j)]] <- pmax(0, d[[paste0("signed", j)]])
  d[[paste0("below", j)]] <- as.numeric(d[[paste0("signed", j)]] > 0)
}
d$short <- d$short1 + d$short2 + d$short3
d$need <- d$r1 + d$r2 + d$r3
measures <- ~signed1 + signed2 + signed3 + short1 + short2 + short3 + below1 + below2 + below3
with_it <- svydesign(ids = ~1, strata = ~dept, weights = ~weight, fpc = ~headcount, data = d)
without <- svydesign(ids = ~1, strata = ~dept, weights = ~weight, data = d)
means <- function(design) { m <- svymean(measures, design); list(mean = as.vector(m), se = as.vector(SE(m))) }
parts <- function(design) lapply(1:6, function(k) means(subset(design, dept == k)))
index <- function(design) { r <- svyratio(~short, ~need, design); list(value = as.vector(coef(r)), se = as.vector(SE(r))) }
fit <- factanal(d[c("c1", "c2", "c3")], 1)
sds <- sapply(d[c("c1", "c2", "c3")], sd)
common <- sum(fit$loadings[, 1] * sds)^2
unique <- sum(fit$uniquenesses * sds^2)
share <- tapply(d$below2, d$dept, mean)
middle <- sum(share * answered) / sum(answered)
pooled <- rma(yi = as.vector(share), vi = middle * (1 - middle) / answered, method = "PM",
              control = list(tol = 1e-12, maxiter = 1000))
between <- blup(pooled)
out <- list(
  versions = list(R = R.version.string, survey = as.character(packageVersion("survey")),
                  metafor = as.character(packageVersion("metafor"))),
  headcount = headcount, whole = list(finite = means(with_it), infinite = means(without)),
  departments = list(finite = parts(with_it), infinite = parts(without)),
  index = list(finite = index(with_it)),
  omega = common / (common + unique), alpha = {
    v <- cov(d[c("c1", "c2", "c3")]); 3 / 2 * (1 - sum(diag(v)) / sum(v)) },
  sign_test = sapply(1:3, function(j) { s <- d[[paste0("signed", j)]][d$dept == 2]
    binom.test(sum(s > 0), sum(s != 0))$p.value }),
  pooled = list(share = as.vector(share), n = answered, tau2 = pooled$tau2, mean = as.vector(coef(pooled)),
                value = as.vector(between$pred)))
write_json(out, "gaps.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
