-- ARGV[2], ARGV[3]: an eviction. ARGV[4..]: holders that did not acknowledge it; those that renewed since are kept.
if redis.call('HGET', leases, 'inc') == ARGV[2] then
  for i = 4, #ARGV do
    local field = 'n:' .. ARGV[i]
    local renewed = redis.call('HGET', leases, field)
    if renewed and tonumber(renewed) < tonumber(ARGV[3]) then
      redis.call('HDEL', leases, field)
    end
  end
end
