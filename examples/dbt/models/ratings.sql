-- demo.officer
-- Rates each row of people, for DuckDB. A row with an `error` has no rating.
-- Printed by kpirules 0.1.0 from the rules 256d55013dae4db17926d6142645119282e84425b0245176c16f3a7cb5b483a6: print it again if they change.
-- Each input as an integer; one beyond those allowed if it is missing or not valid.
WITH subjects AS (
  SELECT
    person,
    planned,
    completed,
    disciplined,
    CASE
      WHEN TYPEOF(planned) = 'DOUBLE' THEN CASE WHEN (ROUND(CAST(planned AS DOUBLE)) = planned) > (planned NOT BETWEEN 1 AND 1000) THEN TRY_CAST(ROUND(CAST(planned AS DOUBLE)) AS BIGINT) ELSE 1001 END
      ELSE CASE WHEN TYPEOF(planned) <> 'BOOLEAN' AND TRY_CAST(planned AS BIGINT) = planned AND TRY_CAST(planned AS BIGINT) BETWEEN 1 AND 1000 THEN CAST(TRY_CAST(planned AS BIGINT) AS BIGINT) ELSE 1001 END
    END AS planned_value,
    CASE
      WHEN TYPEOF(completed) = 'DOUBLE' THEN CASE WHEN (ROUND(CAST(completed AS DOUBLE)) = completed) > (completed NOT BETWEEN 0 AND 1000) THEN TRY_CAST(ROUND(CAST(completed AS DOUBLE)) AS BIGINT) ELSE 1001 END
      ELSE CASE WHEN TYPEOF(completed) <> 'BOOLEAN' AND TRY_CAST(completed AS BIGINT) = completed AND TRY_CAST(completed AS BIGINT) BETWEEN 0 AND 1000 THEN CAST(TRY_CAST(completed AS BIGINT) AS BIGINT) ELSE 1001 END
    END AS completed_value,
    CASE WHEN TYPEOF(disciplined) <> 'VARCHAR' AND disciplined IN (TRUE, FALSE) THEN disciplined END AS disciplined_value
  FROM {{ ref('people') }}
),
-- A value in the place of missing ones.
entered AS (
  SELECT
    *,
    COALESCE(disciplined_value, FALSE) AS disciplined_used
  FROM subjects
),
-- trainings: each field of a record as an integer; one beyond those allowed if it is missing or not valid.
trainings_2 AS (
  SELECT
    UNION_VALUE(k := person) AS trainings_person,
    hours AS trainings_hours,
    CASE
      WHEN TYPEOF(hours) IN ('BIGINT', 'INTEGER') THEN CASE WHEN hours BETWEEN 0 AND 40 THEN TRY_CAST(hours AS BIGINT) * 10 ELSE 401 END
      WHEN TYPEOF(hours) = 'DOUBLE' THEN CASE WHEN (ROUND(CAST(hours AS DOUBLE) * 10) / 10 = hours) > (hours NOT BETWEEN 0 AND 40) THEN TRY_CAST(ROUND(CAST(hours AS DOUBLE) * 10) AS BIGINT) ELSE 401 END
      ELSE CASE WHEN TYPEOF(hours) <> 'BOOLEAN' AND TRY_CAST(hours AS DECIMAL(3, 1)) = hours AND TRY_CAST(hours AS DECIMAL(3, 1)) BETWEEN 0 AND 40 THEN CAST(TRY_CAST(hours AS DECIMAL(3, 1)) * 10 AS BIGINT) ELSE 401 END
    END AS trainings_hours_value,
    passed AS trainings_passed,
    CASE WHEN TYPEOF(passed) <> 'VARCHAR' AND passed IN (TRUE, FALSE) THEN passed END AS trainings_passed_value
  FROM {{ ref('trainings') }}
),
-- A value in the place of missing ones.
trainings_entered AS (
  SELECT
    *,
    CASE WHEN trainings_hours_value = 401 THEN 0 ELSE trainings_hours_value END AS trainings_hours_used,
    COALESCE(trainings_passed_value, FALSE) AS trainings_passed_used
  FROM trainings_2
),
-- trainings: what the records of a subject give.
trainings_totals AS (
  SELECT
    trainings_person,
    COUNT(*) AS trainings_count,
    CAST(CASE WHEN COUNT(*) <= 50 THEN SUM(CASE WHEN trainings_passed_used THEN trainings_hours_used ELSE 0 END) ELSE 0 END AS BIGINT) AS training_sum,
    MIN(CASE WHEN trainings_hours IS NULL THEN 0 WHEN trainings_hours_value = 401 THEN 1 WHEN trainings_passed IS NULL THEN 2 WHEN trainings_passed_value IS NULL THEN 3 END) AS trainings_problem
  FROM trainings_entered
  GROUP BY trainings_person
),
with_trainings AS (
  SELECT
    entered.*,
    COALESCE(trainings_count, CAST(0 AS BIGINT)) AS trainings_length,
    COALESCE(training_sum, 0) AS training_sum_used,
    trainings_problem,
    COUNT(*) OVER (PARTITION BY UNION_VALUE(k := entered.person)) AS trainings_rows
  FROM entered LEFT JOIN trainings_totals ON UNION_VALUE(k := entered.person) = trainings_totals.trainings_person AND (TYPEOF(UNION_VALUE(k := entered.person)) LIKE '%VARCHAR%') = (TYPEOF(trainings_totals.trainings_person) LIKE '%VARCHAR%')
),
results_and_training AS (
  SELECT
    *,
    -- results: Results of work. Article 14
    CASE WHEN completed_value <= planned_value THEN completed_value ELSE 1 END AS results_1,
    CASE WHEN completed_value <= planned_value THEN planned_value ELSE 1 END AS results_2,
    -- training: Training. Article 15
    CASE WHEN training_sum_used <= 300 THEN training_sum_used ELSE 300 END AS points_training_n
  FROM with_trainings
),
results_and_score AS (
  SELECT
    *,
    -- results: Results of work. Article 14
    results_1 * 70 AS points_results_n,
    ((results_2 + (results_1 * 700 + results_2 * points_training_n) * 20) // (results_2 * 2)) AS score_n
  FROM results_and_training
),
-- What is wrong with a row.
rated AS (
  SELECT
    *,
    CASE
      WHEN planned_value = 1001 THEN CASE WHEN planned IS NULL THEN 'KR602 `planned` is not given (give a whole number from 1 to 1000)' ELSE 'KR604 `planned` is not valid (allowed: a whole number from 1 to 1000)' END
      WHEN completed_value = 1001 THEN CASE WHEN completed IS NULL THEN 'KR602 `completed` is not given (give a whole number from 0 to 1000)' ELSE 'KR604 `completed` is not valid (allowed: a whole number from 0 to 1000)' END
      WHEN disciplined_value IS NULL THEN CASE WHEN disciplined IS NULL THEN 'KR602 `disciplined` is not given (give true or false)' ELSE 'KR604 `disciplined` is not valid (allowed: true or false)' END
      WHEN trainings_length > 50 THEN 'KR608 `trainings` has too few or too many records (allowed: at most 50 records of `hours` and `passed`)'
      WHEN trainings_problem = 0 THEN 'KR602 `hours` is not given in a record of `trainings` (give a number from 0 to 40 with at most 1 decimal)'
      WHEN trainings_problem = 1 THEN 'KR604 `hours` is not valid in a record of `trainings` (allowed: a number from 0 to 40 with at most 1 decimal)'
      WHEN trainings_problem = 2 THEN 'KR602 `passed` is not given in a record of `trainings` (give true or false)'
      WHEN trainings_problem = 3 THEN 'KR604 `passed` is not valid in a record of `trainings` (allowed: true or false)'
      WHEN trainings_rows > 1 THEN 'KR607 `person` is the key of several rows'
      WHEN results_2 * 70 < points_results_n THEN 'KR625 criteria.results: points outside its limits'
    END AS problem
  FROM results_and_score
)
SELECT
  person,
  CASE WHEN problem IS NULL THEN 'rated' END AS status,
  CASE WHEN problem IS NULL THEN CAST(score_n * 0.01 AS DECIMAL(8, 2)) END AS score,
  CASE
    WHEN problem IS NULL THEN CASE WHEN disciplined_used THEN 'poor' WHEN score_n < 5000 THEN 'poor' WHEN score_n < 7000 THEN 'fair' WHEN score_n < 9000 THEN 'good' ELSE 'excellent' END
  END AS band,
  CASE WHEN problem IS NULL THEN CAST(points_results_n AS DOUBLE) / CAST(results_2 AS DOUBLE) END AS "points.results",
  CASE WHEN problem IS NULL THEN CAST(points_training_n * 0.1 AS DECIMAL(3, 1)) END AS "points.training",
  problem AS error
FROM rated
