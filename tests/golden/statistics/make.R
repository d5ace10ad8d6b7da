# Writes r.json from the CSV files beside it: Rscript make.R, with packages sandwich, clubSandwich and jsonlite.
# Variants: vcovCL(type = "HC0", cadjust = TRUE), which is G/(G-1) without (N-1)/(N-K); clubSandwich "CR2" with
# Satterthwaite degrees of freedom; t.test on scenario means.
suppressMessages({library(sandwich); library(clubSandwich); library(jsonlite)})
read <- function(name) {
  d <- read.csv(name)
  for (column in c("cell", "scenario", "judge", "area")) d[[column]] <- factor(d[[column]])
  d
}
balanced <- read("balanced.csv")
means <- with(balanced, tapply(y, list(scenario, cell), mean))
levels_t <- lapply(seq_len(ncol(means)), function(k) {
  t <- t.test(means[, k]); list(score = unname(t$estimate), low = t$conf.int[1], high = t$conf.int[2])
})
paired <- lapply(2:ncol(means), function(k) {
  t <- t.test(means[, k], means[, 1], paired = TRUE)
  list(diff = unname(t$estimate), low = t$conf.int[1], high = t$conf.int[2], p = t$p.value, df = unname(t$parameter))
})
cells_only <- lm(y ~ 0 + cell, balanced)
clustered <- sqrt(diag(vcovCL(cells_only, cluster = balanced$scenario, type = "HC0", cadjust = TRUE)))
incomplete <- read("incomplete.csv")
model <- lm(y ~ cell + judge + scenario, incomplete)
found <- coef_test(model, vcov = "CR2", cluster = incomplete$scenario, coefs = paste0("cell", 1:4))
constraint <- constrain_pairwise("^cell[0-9]+$", reg_ex = TRUE, with_zero = FALSE)
pairs <- linear_contrast(model, vcov = "CR2", cluster = incomplete$scenario, contrasts = constraint)
areas <- read("areas.csv")
per_area <- lapply(split(areas, areas$cell), function(d) {
  n <- nrow(d)
  spread <- sum(sapply(split(d$y, d$area), function(v) length(v) * var(v)))
  list(score = mean(d$y), se = sqrt(spread) / n, df = n - nlevels(d$area))
})
write_json(
  list(
    balanced = list(levels = levels_t, paired = paired, clustered_se = unname(clustered)),
    incomplete = list(
      first = list(diff = found$beta, se = found$SE, df = found$df_Satt, p = found$p_Satt),
      pairs = list(name = rownames(pairs), diff = pairs$Est, se = pairs$SE, df = pairs$df)
    ),
    areas = unname(per_area)
  ),
  "r.json", digits = 14, auto_unbox = TRUE, pretty = TRUE
)
