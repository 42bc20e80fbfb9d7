# Pairs with ties and an order effect, and best-worst choices in three likelihoods, by log-linear and conditional logit models.
# Rscript choices.R   writes pairs_synth.csv, best_worst_synth.csv and choices.json beside this file.
suppressMessages({library(survival); library(BradleyTerry2); library(jsonlite)})
set.seed(7)
a <- c(A = 0.9, B = 0.4, C = 0, D = -0.2, E = -1.1); m <- length(a)
pairs <- t(combn(m, 2)); pairs <- rbind(pairs, pairs[, 2:1])       # every pair in both orders
counts <- t(apply(pairs, 1, function(p) {
  weight <- c(exp(0.3 + a[p[1]]), exp(a[p[2]]), 0.6 * exp((a[p[1]] + a[p[2]]) / 2))
  rmultinom(1, 25, weight)
}))
d <- data.frame(first = names(a)[pairs[, 1]], second = names(a)[pairs[, 2]], first_wins = counts[, 1],
                second_wins = counts[, 2], ties = counts[, 3])
write.csv(d, "pairs_synth.csv", row.names = FALSE)
# Davidson (1970) as a log-linear model: count ~ pair + worths (1/2 each for ties) + tie + order
loglinear <- function(order, ties) {
  rows <- do.call(rbind, lapply(1:nrow(d), function(i) {
    x <- matrix(0, 3, m, dimnames = list(NULL, names(a)))
    x[1, d$first[i]] <- 1; x[2, d$second[i]] <- 1; x[3, c(d$first[i], d$second[i])] <- 0.5
    data.frame(pair = i, count = unlist(d[i, c("first_wins", "second_wins", "ties")]), x, tie = c(0, 0, 1), order = c(1, 0, 0))
  }))
  if (!ties) rows <- rows[rows$tie == 0, ]
  f <- paste("count ~ factor(pair) + B + C + D + E", if (ties) "+ tie", if (order) "+ order")
  fit <- glm(as.formula(f), poisson, rows, control = glm.control(epsilon = 1e-14, maxit = 100))
  keep <- c("B", "C", "D", "E", if (ties) "tie", if (order) "order")
  s <- split(rows, rows$pair); ll <- sum(sapply(split(data.frame(n = rows$count, mu = fitted(fit)), rows$pair),
    function(p) sum(p$n * log(p$mu / sum(p$mu)))))
  list(coef = as.list(coef(fit)[keep]), vcov = unname(vcov(fit)[keep, keep]), logLik = ll)
}
out <- list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival")),
                            BradleyTerry2 = as.character(packageVersion("BradleyTerry2"))),
            ties_order = loglinear(TRUE, TRUE), ties = loglinear(FALSE, TRUE), order = loglinear(TRUE, FALSE))
home <- data.frame(player = factor(d$first, levels = names(a)), at = 1)
away <- data.frame(player = factor(d$second, levels = names(a)), at = 0)
bt <- BTm(cbind(first_wins, second_wins), home, away, ~player + at, id = "player", data = d)
out$bradleyterry2_order <- list(coef = as.list(coef(bt)), se = as.vector(sqrt(diag(vcov(bt)))))
# Best-worst choices, 40 respondents, items shown unequally often
design <- rbind(c(1, 2, 3), c(1, 2, 3, 4)[c(1, 2, 4)], c(2, 3, 4), c(1, 3, 5), c(2, 4, 5), c(1, 4, 5), c(1, 2, 5))
bw <- do.call(rbind, lapply(1:40, function(i) do.call(rbind, lapply(1:nrow(design), function(t) {
  s <- design[t, ]; u <- a[s] - log(-log(runif(3))); v <- -a[s] - log(-log(runif(3)))
  b <- s[which.max(u)]; v[s == b] <- -Inf
  data.frame(respondent = i, task = t, best = b, worst = s[which.max(v)], t(setNames(s, c("x1", "x2", "x3"))))
}))))
write.csv(bw, "best_worst_synth.csv", row.names = FALSE)
X <- function(b, w) { x <- numeric(m); if (b) x[b] <- x[b] + 1; if (w) x[w] <- x[w] - 1; x }
stack <- function(kind) do.call(rbind, lapply(1:nrow(bw), function(r) {
  s <- unlist(bw[r, c("x1", "x2", "x3")]); b <- bw$best[r]; w <- bw$worst[r]
  rows <- NULL
  add <- function(stratum, chosen, x) rows <<- rbind(rows, data.frame(stratum = stratum, chosen = chosen, t(x), id = bw$respondent[r]))
  if (kind == "maxdiff") for (i in s) for (j in s) if (i != j) add(r, as.integer(i == b && j == w), X(i, j))
  if (kind != "maxdiff") {
    for (i in s) add(2 * r, as.integer(i == b), X(i, 0))
    for (j in if (kind == "sequential") setdiff(s, b) else s) add(2 * r + 1, as.integer(j == w), X(0, j))
  }
  rows
}))
for (kind in c("maxdiff", "marginal", "sequential")) {
  long <- stack(kind); names(long)[3:7] <- names(a)
  fit <- clogit(chosen ~ B + C + D + E + strata(stratum) + cluster(id), long, method = "breslow",
                control = coxph.control(eps = 1e-11, iter.max = 50))
  out[[kind]] <- list(coef = as.list(coef(fit)), naive_vcov = unname(fit$naive.var), robust_vcov = unname(fit$var),
                      logLik = fit$loglik[2])
}
write_json(out, "choices.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
