passwd last subid
group last subid
