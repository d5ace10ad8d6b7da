# Writes best.csv and multcomp.json: Rscript make_multcomp.R, with packages multcomp and jsonlite.
# One-sided 95 % critical values of each cell as the control of all others: of scenario means whose covariance is given
# to glht by parm, with G-1 degrees of freedom, and of independent cells of equal variance (Dunnett's own table).
suppressMessages({library(multcomp); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20)
G <- 60; K <- 5
easy <- rnorm(G, 0, 0.5)
spread <- c(0.2, 0.4, 0.6, 0.8, 1.0)
y <- sapply(seq_len(K), function(k) 3 + easy * (k / 3) + rnorm(G, 0, spread[k]))
y[, 2] <- y[, 1] + rnorm(G, 0, 0.1)  # two cells that are nearly alike
y <- round(y, 4)
write.csv(data.frame(scenario = rep(seq_len(G), K), cell = rep(seq_len(K), each = G), y = as.vector(y)), "best.csv",
          row.names = FALSE, quote = FALSE)
critical <- function(vcov, df, i) {
  K <- nrow(vcov)
  others <- setdiff(seq_len(K), i)
  contrasts <- t(sapply(others, function(j) { row <- rep(0, K); row[i] <- 1; row[j] <- -1; row }))
  if (length(others) == 1) contrasts <- matrix(contrasts, 1)
  model <- parm(coef = rep(0, K), vcov = vcov, df = df)
  set.seed(1)
  found <- confint(glht(model, linfct = contrasts, alternative = "greater"), level = 0.95)
  abs(attr(found$confint, "calpha"))
}
table <- expand.grid(df = c(5, 10, 20, 59, 239), others = c(1, 2, 4, 9, 19))
table$value <- mapply(function(df, others) critical(diag(others + 1), df, 1), table$df, table$others)
write_json(
  list(
    version = as.character(packageVersion("multcomp")),
    best = sapply(seq_len(K), function(i) critical(cov(y) / G, G - 1, i)),
    table = table
  ),
  "multcomp.json", digits = 6, auto_unbox = TRUE, pretty = TRUE
)
