# Survey designs: strata and units, lonely units, replicate weights, raking, design effects, Plackett-Luce under replicates.
# Rscript design.R   writes design_synth.csv, design_replicates.csv and design.json beside this file.
suppressMessages({library(survey); library(survival); library(jsonlite)})
set.seed(20)
H <- 12; per <- 5
d <- expand.grid(person = 1:per, psu = 1:2, stratum = 1:H)
n <- nrow(d)
d$weight <- round(runif(n, 0.5, 3), 3)
effect <- rnorm(2 * H, 0, 0.7)[(d$stratum - 1) * 2 + d$psu]
for (j in 1:4) d[[paste0("q", j)]] <- pmin(5, pmax(1, round(3 + 0.3 * j + effect * 0.6 + rnorm(n))))
d$region <- sample(1:3, n, TRUE, c(.5, .3, .2))
d$size <- sample(1:2, n, TRUE, c(.6, .4))
worth <- c(0.8, 0.3, 0, -0.6)
ranks <- t(sapply(1:n, function(i) rank(-(worth + effect[i] * c(1, 0, 0, -1) - log(-log(runif(4)))))))
for (j in 1:4) d[[paste0("r", j)]] <- ranks[, j]
d$unit <- interaction(d$stratum, d$psu, drop = TRUE)
write.csv(d[c("stratum", "psu", "weight", "q1", "q2", "q3", "q4", "region", "size", "r1", "r2", "r3", "r4")],
          "design_synth.csv", row.names = FALSE)
long <- data.frame(row = rep(1:n, each = 4), item = factor(rep(1:4, n)), rank = as.vector(t(ranks)))
exploded <- do.call(rbind, lapply(1:n, function(i) do.call(rbind, lapply(1:3, function(s) {
  part <- long[long$row == i & long$rank >= s, ]
  data.frame(row = i, chosen = as.integer(part$rank == s), item = part$item, stage = i * 10 + s)
}))))
pl <- function(w, data) {
  keep <- w[exploded$row] > 0
  fit <- coxph(Surv(rep(1, sum(keep)), chosen) ~ item + strata(stage), exploded[keep, ], weights = w[exploded$row][keep],
               ties = "breslow", control = coxph.control(eps = 1e-11, iter.max = 50))
  coef(fit)
}
mean_of <- function(design) { m <- svymean(~q1 + q2 + q3 + q4, design)
  list(mean = as.vector(m), vcov = unname(as.matrix(vcov(m))), df = degf(design)) }
out <- list(versions = list(R = R.version.string, survey = as.character(packageVersion("survey")),
                            survival = as.character(packageVersion("survival"))))
design <- svydesign(ids = ~unit, strata = ~stratum, weights = ~weight, data = d)
out$strata_units <- mean_of(design)
out$deff_replace <- as.vector(deff(svymean(~q1 + q2 + q3 + q4, design, deff = "replace")))
kinds <- list(brr = as.svrepdesign(design, type = "BRR"), fay = as.svrepdesign(design, type = "Fay", fay.rho = 0.3),
              jackknife = as.svrepdesign(design, type = "JKn"))
set.seed(1); kinds$bootstrap <- as.svrepdesign(design, type = "subbootstrap", replicates = 30)
columns <- list()
for (kind in names(kinds)) {
  r <- kinds[[kind]]; w <- as.matrix(weights(r, "analysis"))
  columns[[kind]] <- w
  coefs <- withReplicates(r, pl)
  out[[kind]] <- c(mean_of(r), list(scale = r$scale, rscales = r$rscales, replicates = ncol(w),
                   pl_coef = as.vector(coefs), pl_vcov = unname(as.matrix(vcov(coefs)))))
}
all <- do.call(cbind, columns)
write.table(signif(all, 12), "design_replicates.csv", sep = ",", row.names = FALSE,
            col.names = paste0(rep(names(columns), sapply(columns, ncol)), "_", unlist(lapply(columns, function(x) seq_len(ncol(x))))))
margins <- list(region = data.frame(region = 1:3, Freq = c(500, 320, 180)), size = data.frame(size = 1:2, Freq = c(550, 450)))
out$margins <- list(region = margins$region$Freq, size = margins$size$Freq)
total <- c(`(Intercept)` = 1000, `factor(region)2` = 320, `factor(region)3` = 180, `factor(size)2` = 450)
raked <- calibrate(design, ~factor(region) + factor(size), total, calfun = "raking", epsilon = 1e-12, maxit = 500)
out$raked <- c(mean_of(raked), list(weights = as.vector(weights(raked))))
equal <- svydesign(ids = ~unit, strata = ~stratum, weights = rep(1000 / n, n), data = d)
raked_equal <- rake(equal, list(~region, ~size), margins, control = list(maxit = 500, epsilon = 1e-9))
out$raked_equal <- c(mean_of(raked_equal), list(weights = as.vector(weights(raked_equal))))
lonely <- d[!(d$stratum %in% c(2, 5, 9) & d$psu == 2), ]
for (policy in c("adjust", "average", "certainty")) {
  options(survey.lonely.psu = policy)
  out[[paste0("lonely_", policy)]] <- mean_of(svydesign(ids = ~unit, strata = ~stratum, weights = ~weight, data = lonely))
}
write_json(out, "design.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
