passwd last subid
group last subid
shadow last subid
