-- ARGV[2]: the incarnation whose messages went back in number: the data set is an older one.
if redis.call('HGET', leases, 'inc') == ARGV[2] then
  start_anew()
end
