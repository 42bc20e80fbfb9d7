# Golden numbers of the regressions, from the project's own synthetic answers: Rscript regression.R (in this folder).
# R 4.2.2; survey 4.1-1, survival, ordinal, brglm2, lme4, mitools, numDeriv, strucchange (Debian 12).
suppressMessages({library(survey); library(survival); library(ordinal); library(brglm2); library(lme4)
  library(mitools); library(numDeriv); library(strucchange)})
d <- read.csv("synth_full.csv"); likert <- read.csv("synth_likert.csv")
items <- paste0("obstacle_", LETTERS[1:7]); ranks <- as.matrix(d[, items]); n <- nrow(d)
d$g3 <- factor(c("a", "b", "c")[1 + (seq_len(n) * 7) %% 3])
d$sev <- factor(likert$obstacle_A); d$mark <- as.integer(d$obstacle_A <= 3)
d$score <- rowMeans(likert); d$share <- (d$score - 1) / 4
des <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = d, nest = TRUE)
out <- list()
coefs <- function(m) list(coef = as.list(coef(m)), vcov = unname(vcov(m)))

# selection: logistic regression with the design's errors, and working tests of terms
m <- svyglm(mark ~ x + grp + g3, des, family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 50))
out$logit <- coefs(m)
for (method in c("LRT", "WorkingWald")) {
  t <- regTermTest(m, ~g3, method = method)
  out[[paste0("logit_", method)]] <- list(chisq = unname(t$chisq), lambda = unname(t$lambda), ddf = t$ddf)
}
# outcome: linear and fractional logit
out$linear <- coefs(svyglm(score ~ x + grp + g3, des))
out$fractional <- coefs(svyglm(share ~ x + grp + g3, des, family = quasibinomial(),
                               control = glm.control(epsilon = 1e-14, maxit = 50)))

# rank-ordered logit with covariates: exploded, robust by design
long <- do.call(rbind, lapply(seq_len(n), function(i) data.frame(d[i, c("id", "x", "grp", "w", "stratum", "psu")],
  item = items, time = ranks[i, ], status = 1)))
long$item <- relevel(factor(long$item), "obstacle_G")
own <- c()  # the last item is the reference of the covariates
for (i in items[-7]) for (v in c("x", "grp")) { name <- paste(v, i, sep = "_"); own <- c(own, name)
  long[[name]] <- long[[v]] * (long$item == i) }
desl <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = long, nest = TRUE)
m <- svycoxph(as.formula(paste("Surv(time, status) ~ item +", paste(own, collapse = "+"), "+ strata(id)")), desl,
              control = coxph.control(eps = 1e-12, iter.max = 50))
out$rol <- coefs(m)

# severity: weighted cumulative logit and probit, sandwich by svyrecvar of the influence
nll <- function(theta, i, link) {
  x <- cbind(d$x, d$grp)[i, , drop = FALSE]; y <- as.integer(d$sev)[i]; F <- if (link == "logit") plogis else pnorm
  cut <- c(-Inf, theta[1:4], Inf); eta <- drop(x %*% theta[5:6]); log(F(cut[y + 1] - eta) - F(cut[y] - eta))
}
for (link in c("logit", "probit")) {
  fit <- clm(sev ~ x + grp, data = d, weights = w, link = link, control = clm.control(gradTol = 1e-12, maxIter = 200))
  theta <- unname(coef(fit))
  total <- function(t) sum(d$w * nll(t, seq_len(n), link))
  score <- t(sapply(seq_len(n), function(i) d$w[i] * grad(function(t) nll(t, i, link), theta)))
  bread <- solve(-hessian(total, theta))
  influence <- score %*% bread
  out[[paste0("cumulative_", link)]] <- list(theta = theta, vcov = unname(svyrecvar(influence, des$cluster, des$strata,
    des$fpc, postStrata = des$postStrata)))
}
u <- clm(sev ~ x + grp + g3, data = d)
out$nominal_test <- list(terms = rownames(nominal_test(u)), LRT = nominal_test(u)$LRT)
out$scale_test <- list(terms = rownames(scale_test(u)), LRT = scale_test(u)$LRT)
pp <- clm(sev ~ x, nominal = ~g3, data = d)
out$nominal_fit <- list(alpha = unname(coef(pp)), logLik = as.numeric(logLik(pp)))

# Firth: everybody of group c marks
d$sep <- ifelse(d$g3 == "c", 1, d$mark)
f <- glm(sep ~ x + g3, binomial(), d, method = "brglmFit", type = "AS_mean",
         control = brglmControl(epsilon = 1e-12, maxit = 1000))
out$firth <- list(coef = as.list(coef(f)), vcov = unname(vcov(f)))

# random intercepts
d$apart <- d$score + 0.3 * sin(d$psu)  # so that units differ
r <- lmer(apart ~ x + grp + (1 | psu), d, REML = TRUE, control = lmerControl(optCtrl = list(xtol_rel = 1e-12, ftol_rel = 1e-14)))
out$mixed <- list(coef = as.list(fixef(r)), vcov = unname(as.matrix(vcov(r))), between = as.numeric(VarCorr(r)$psu),
  within = sigma(r)^2)

# relative weights (Johnson 2000) and general dominance over all subsets, weighted
X <- as.matrix(likert[, 2:6]); y <- likert[, 1]; R <- cov.wt(cbind(y, X), d$w, cor = TRUE)$cor
e <- eigen(R[-1, -1]); half <- e$vectors %*% diag(sqrt(e$values)) %*% t(e$vectors); beta <- solve(half, R[-1, 1])
out$johnson <- as.numeric(half^2 %*% beta^2)
r2 <- function(s) if (!length(s)) 0 else drop(R[1, s + 1] %*% solve(R[s + 1, s + 1], R[s + 1, 1]))
out$dominance <- sapply(1:5, function(i) { rest <- setdiff(1:5, i)
  mean(sapply(0:4, function(k) { sets <- if (k == 0) list(integer(0)) else combn(4, k, function(j) rest[j], simplify = FALSE)
    mean(sapply(sets, function(s) r2(c(s, i)) - r2(s))) })) })

# two latent classes, penalised by half a comparison won and lost against a ghost of every item and class
loglik <- function(par) {
  k <- 2; m <- 7; share <- c(1, exp(par[1])); share <- share / sum(share); worth <- matrix(c(par[-1]), k, m - 1, byrow = TRUE)
  worth <- cbind(worth, 0); worth <- worth - rowMeans(worth)
  each <- sapply(1:k, function(j) apply(ranks, 1, function(r) { t <- worth[j, order(r)]
    sum(t - log(rev(cumsum(rev(exp(t)))))) }))
  list(data = sum(log(exp(each) %*% share)), penalty = 0.5 * sum(plogis(worth, log.p = TRUE) + plogis(-worth, log.p = TRUE)))
}
set.seed(1); best <- NULL
for (start in 1:4) { o <- optim(rnorm(13), function(p) { v <- loglik(p); -(v$data + v$penalty) }, method = "BFGS",
    control = list(maxit = 1000, reltol = 1e-15)); if (is.null(best) || o$value < best$value) best <- o }
out$classes <- list(logLik = loglik(best$par)$data, objective = -best$value,
  share = sort(c(1, exp(best$par[1])) / (1 + exp(best$par[1])), decreasing = TRUE))

# instability of the worths of one Plackett-Luce model: unordered groups, and cuts of ordered ones
each <- function(w) { w <- c(w, 0); apply(ranks, 1, function(r) { t <- w[order(r)]; sum(t - log(rev(cumsum(rev(exp(t)))))) }) }
fit <- optim(numeric(6), function(w) -sum(each(w)), method = "BFGS", control = list(reltol = 1e-15, maxit = 1000))
psi <- jacobian(each, fit$par); psi <- sweep(psi, 2, colMeans(psi))
steps <- factor(pmin(pmax(round(d$x), -1), 1), ordered = TRUE)
for (test in c("unordered", "ordered")) {
  by <- if (test == "unordered") d$g3 else steps
  process <- gefp(psi, fit = NULL, scores = identity, order.by = by)
  set.seed(1); functional <- if (test == "unordered") catL2BB(process) else ordL2BB(by, nproc = 6, nrep = 1e5)
  found <- sctest(process, functional = functional)
  out[[paste0("instability_", test)]] <- list(statistic = unname(found$statistic), p = unname(found$p.value))
}

# Rubin's rules with the degrees of freedom of Barnard and Rubin
q <- list(1.02, 0.95, 1.17, 1.08, 0.89); v <- list(0.040, 0.044, 0.041, 0.038, 0.045)
for (df in c(Inf, 60)) { c1 <- MIcombine(q, v, df.complete = df)
  out[[paste0("rubin_", df)]] <- list(coef = unname(coef(c1)), variance = unname(drop(vcov(c1))), df = unname(c1$df)) }

out$versions <- c(R = R.version.string, sapply(c("survey", "survival", "ordinal", "brglm2", "lme4", "mitools",
  "strucchange"),
  function(p) as.character(packageVersion(p))))
writeLines(jsonlite::toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "regression.json")
