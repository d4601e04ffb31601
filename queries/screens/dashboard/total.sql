-- title: All concepts
-- description: How many concepts there are to master.
SELECT count(*) AS concepts FROM concepts
