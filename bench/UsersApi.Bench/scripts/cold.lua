-- Never the same request twice, and always the same answer: after a cursor that lies before the first user.
-- Arguments: what stands before and after the cursor's number, and the number to begin with.
dofile("report.lua")

function init(args)
  before, after, number = args[1], args[2], tonumber(args[3])
end

function request()
  number = number + 1
  return wrk.format("GET", before .. string.format("%012d", number) .. after)
end
