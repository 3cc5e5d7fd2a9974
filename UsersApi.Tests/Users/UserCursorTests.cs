using System.Buffers.Text;
using FsCheck;
using FsCheck.Fluent;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed class UserCursorTests
{
    [Test]
    public void A_cursor_decodes_to_the_id_it_was_made_of() =>
        Prop.ForAll<Guid>(id => UserCursor.TryDecode(UserCursor.Encode(id), out var decoded) && decoded == id).QuickCheckThrowOnFailure();

    [Test]
    public void No_other_text_decodes_to_the_same_position() =>
        Prop.ForAll<Guid, int, char>((id, at, letter) =>
        {
            var cursor = UserCursor.Encode(id).ToCharArray();
            cursor[Math.Abs(at % cursor.Length)] = letter;
            var changed = new string(cursor);
            return changed == UserCursor.Encode(id) || !UserCursor.TryDecode(changed, out var decoded) || decoded != id;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Nonsense_does_not_decode() =>
        Prop.ForAll<string>(text => !UserCursor.TryDecode(text, out var id) || UserCursor.Encode(id) == text).QuickCheckThrowOnFailure();

    [Test]
    public void A_cursor_of_a_sort_decodes_to_what_it_was_made_of() =>
        Prop.ForAll<Guid, DateTime, NonNull<string>>((id, time, text) => UserSorts.All.All(sort =>
        {
            var user = new UserResponse(id, PlainOf(text.Get), null, true, false, Microseconds(time), default, 1);
            var position = SortedCursor.Of(sort, user);
            return SortedCursor.TryDecode(position.Encode(), out var decoded) && decoded == position
                && !UserCursor.TryDecode(position.Encode(), out _);
        })).QuickCheckThrowOnFailure();

    [Test]
    public void Nonsense_is_no_cursor_of_a_sort() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var text = Base64Url.EncodeToString(bytes);
            return !SortedCursor.TryDecode(text, out var position) || position.Encode() == text;
        }).QuickCheckThrowOnFailure();

    // What a column of Postgres can hold: no NUL, no half of a surrogate pair, and microseconds.
    private static string PlainOf(string text) => string.Concat(text.Where(letter => letter != 0 && !char.IsSurrogate(letter)));

    private static DateTime Microseconds(DateTime time) => new(time.Ticks - (time.Ticks % 10), DateTimeKind.Utc);
}
