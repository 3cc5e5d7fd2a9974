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
}
