-- Lists sorted by createdAt: each page is one range of this index, in either direction. The id makes the order whole where users
-- were created at the same time. (Ids made by the application have the same order, but rows that others wrote need not.)
CREATE INDEX users_created_at_idx ON users (created_at, id);
