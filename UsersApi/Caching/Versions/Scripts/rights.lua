-- ARGV[2]: channel. Every command of the scripts, none of which is run: a right that is missing would else be seen only by the node
-- that needs it first, and others would go on serving what that one can't evict.
local rights = {
  {'DEL', leases}, {'HSET', leases, 'f', ''}, {'HGET', leases, 'f'}, {'HDEL', leases, 'f'}, {'HEXISTS', leases, 'f'},
  {'HINCRBY', leases, 'f', 1}, {'HKEYS', leases}, {'GET', leases}, {'SET', leases, '', 'EX', 1}, {'TOUCH', leases},
  {'PUBLISH', ARGV[2], ''}
}
for _, command in ipairs(rights) do
  if not redis.acl_check_cmd(unpack(command)) then
    return redis.error_reply('NOPERM The user has no right to run ' .. string.lower(command[1]))
  end
end
