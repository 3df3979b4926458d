using Agency.Api.ContactPoints;
using Agency.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using CallOptions = Agency.Sdk.CallOptions;
using Consent = Agency.Sdk.Consent;
using ContactPointKind = Agency.Sdk.ContactPointKind;
using ContactPointStatus = Agency.Sdk.ContactPointStatus;
using Mark = Agency.Sdk.Mark;
using NewContactPointMark = Agency.Sdk.NewContactPointMark;

namespace Agency.Tests.ContactPoints;

public sealed class MarkTests
{
    [Fact]
    public async Task Status_and_consent_follow_the_marks_of_both_sides()
    {
        await using var story = await Story.AtCasesAsync();
        var point = await PhoneAsync(story);

        foreach (var (side, mark, status, consent) in new[]
        {
            (story.Swift, Mark.Valid, ContactPointStatus.Valid, Consent.Unknown),
            (story.Harbour, Mark.Invalid, ContactPointStatus.Invalid, Consent.Unknown),
            (story.Swift, Mark.Consented, ContactPointStatus.Invalid, Consent.Given),
            (story.Swift, Mark.OptedOut, ContactPointStatus.OptedOut, Consent.Given),
            (story.Swift, Mark.Valid, ContactPointStatus.OptedOut, Consent.Given),
            (story.Harbour, Mark.OptedIn, ContactPointStatus.Valid, Consent.Given),
            (story.Harbour, Mark.ConsentWithdrawn, ContactPointStatus.Valid, Consent.Withdrawn),
        })
        {
            story.Service.Clock.Advance(TimeSpan.FromSeconds(1));
            var made = await MarkAsync(side, point, mark);

            Assert.Equal((point, mark, story.Service.Clock.GetUtcNow()), (made.ContactPointId, made.Mark, made.MarkedAt));
            foreach (var reader in new[] { story.Harbour, story.Swift })
            {
                var read = await reader.ContactPoints.GetAsync(point);
                Assert.Equal((mark, status, consent), (mark, read.Status, read.Consent));
            }
        }

        Assert.Equal("7", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'contact_point.marked'"));
        Assert.Equal("6", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'contact_point.changed'"));
    }

    [Fact]
    public async Task Withdrawing_an_opt_out_is_the_banks_alone()
    {
        await using var story = await Story.AtCasesAsync();
        var point = await PhoneAsync(story);

        await story.RefusesAsync(403, "auth.wrong_tenant_kind", () => MarkAsync(story.Swift, point, Mark.OptedIn));
    }

    [Fact]
    public async Task To_others_the_point_does_not_exist_and_the_same_key_marks_once()
    {
        await using var story = await Story.AtCasesAsync();
        var point = await PhoneAsync(story);

        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("contact_point.not_found", point, id => MarkAsync(other, id, Mark.Valid));
        }

        await story.ActsOnceAsync(key => story.Swift.ContactPoints.MarkAsync(point, new NewContactPointMark { Mark = Mark.Valid }, CallOptions.WithKey(key)));
        await story.ActsOnceAsync(key => story.Harbour.ContactPoints.MarkAsync(point, new NewContactPointMark { Mark = Mark.Invalid }, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_mark_whose_effect_was_lost_takes_effect_with_the_sweep()
    {
        await using var story = await Story.AtCasesAsync();
        var point = await PhoneAsync(story);
        await MarkAsync(story.Swift, point, Mark.Invalid);
        using (var connection = story.Service.Database.OpenRaw())
        {
            using var lose = connection.CreateCommand();
            lose.CommandText = "UPDATE base_contact_point SET status = 'unverified', changed_at = NULL WHERE id = @id";
            lose.Parameters.Add(new SqliteParameter("@id", point.ToByteArray(bigEndian: true)));
            Assert.Equal(1, lose.ExecuteNonQuery());
        }

        await story.Service.Services.GetRequiredService<Standing>().SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ContactPointStatus.Invalid, (await story.Harbour.ContactPoints.GetAsync(point)).Status);
        var settled = StoredRows.Digest(story.Service.Database);
        await story.Service.Services.GetRequiredService<Standing>().SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(settled, StoredRows.Digest(story.Service.Database));
    }

    private static async Task<Guid> PhoneAsync(Story story) =>
        (await story.Swift.ContactPoints.ListAsync(story.Case.Id)).Items.Single(point => point.Kind == ContactPointKind.Phone).Id;

    private static Task<Sdk.ContactPointMark> MarkAsync(Side side, Guid point, Mark mark) => side.ContactPoints.MarkAsync(point, new NewContactPointMark { Mark = mark });
}
