using System.Text.RegularExpressions;
using Agency.Tests.Support;

namespace Agency.Tests.Http;

/// <summary>A client that may see private data gets lists in full; each answer is one entry of the audit log.</summary>
public sealed partial class FullViewTests
{
    private const string Name = "Example Debtor 1";
    private const string IdNumber = "TEST0000ID7788";

    [Fact]
    public async Task Names_and_contact_points_are_shown_and_id_numbers_are_not()
    {
        await using var story = await AtCasesAsync();

        foreach (var side in (Side[])[story.Swift, story.Harbour])
        {
            Assert.Equal(Name, (await side.Cases.ListPageAsync(view: "full")).Items[0].Account.Debtor.Name);
            Assert.Equal(Name, (await side.Cases.ListPageAsync(changedAfter: "start", view: "full")).Items[0].Account.Debtor.Name);
            var account = (await side.Accounts.ListPageAsync(view: "full")).Items[0];
            Assert.Equal((Name, "**********7788"), (account.Debtor.Name, account.Debtor.IdNumber));
            Assert.Equal(["debtor1@example.test", "+8610000000001"], (await side.ContactPoints.ListAsync(story.Case.Id, "full")).Items.Select(point => point.Value));

            Assert.Equal("E***************", (await side.Cases.ListPageAsync(view: "masked")).Items[0].Account.Debtor.Name);
            Assert.Equal("E***************", (await side.Accounts.ListPageAsync()).Items[0].Debtor.Name);
        }
    }

    [Fact]
    public async Task Each_answer_is_one_entry_with_the_count_and_a_digest_of_the_ids_whatever_their_order()
    {
        await using var story = await AtCasesAsync();

        await story.Swift.Cases.ListPageAsync(view: "full");
        await story.Swift.Cases.ListPageAsync(sort: "-balance", view: "full");
        await story.Swift.Cases.ListPageAsync(2, view: "full");
        await story.Swift.Accounts.ListPageAsync(view: "full");
        await story.Swift.ContactPoints.ListAsync(story.Case.Id, "full");
        await story.Harbour.Cases.ListPageAsync(view: "full");
        await story.Harbour.Cases.ListPageAsync();

        var entries = (await story.Swift.AuditEntries.ListPageAsync(action: "pii.listed")).Items.OrderBy(entry => entry.Id).ToList();
        Assert.Equal(["3 cases", "3 cases", "2 cases", "3 accounts", "2 contact points"], entries.Select(entry => entry.Detail!.Split(',')[0]));
        Assert.All(entries, entry => Assert.Matches(Digest(), entry.Detail!));
        Assert.Equal(entries[0].Detail, entries[1].Detail);
        Assert.Equal(4, entries.Select(entry => entry.Detail![^64..]).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal([null, null, null, null, story.Case.Id], entries.Select(entry => entry.SubjectId));

        // Another tenant's digest of the same things can't be compared with it.
        var ofHarbour = (await story.Harbour.AuditEntries.ListPageAsync(action: "pii.listed")).Items.Single();
        Assert.NotEqual(entries[0].Detail, ofHarbour.Detail);
    }

    [Fact]
    public async Task A_cursor_is_good_for_its_view_alone()
    {
        await using var story = await AtCasesAsync();
        var masked = (await story.Swift.Cases.ListPageAsync(1)).Next;
        var full = (await story.Swift.Cases.ListPageAsync(1, view: "full")).Next;

        Assert.Single((await story.Swift.Cases.ListPageAsync(1, full, view: "full")).Items);
        await story.RefusesAsync(400, "query.cursor_invalid", () => story.Swift.Cases.ListPageAsync(1, masked, view: "full"));
        await story.RefusesAsync(400, "query.cursor_invalid", () => story.Swift.Cases.ListPageAsync(1, full));
        var place = (await story.Swift.Cases.ListPageAsync(changedAfter: "start")).ChangedAfter;
        await story.RefusesAsync(400, "query.cursor_invalid", () => story.Swift.Cases.ListPageAsync(changedAfter: place, view: "full"));
    }

    [Fact]
    public async Task People_and_clients_without_the_scope_are_refused_and_leave_no_trace()
    {
        await using var story = await AtCasesAsync();
        var manager = story.Service.As("manager@swift.example");
        var token = (await Connect.ClientCredentialsAsync(story.Service.Anonymous, "swift-api", TestDatabase.SecretOf("swift-api"), "cases:read accounts:read")).GetProperty("access_token").GetString()!;
        var narrow = new Side(story.Service.With(token));

        foreach (var (side, code) in ((Side, string)[])[(manager, "auth.clients_only"), (narrow, "auth.missing_scope")])
        {
            await story.RefusesAsync(403, code, () => side.Cases.ListPageAsync(view: "full"));
            await story.RefusesAsync(403, code, () => side.Accounts.ListPageAsync(view: "full"));
            await story.RefusesAsync(403, code, () => side.ContactPoints.ListAsync(story.Case.Id, "full"));
        }

        await narrow.Cases.ListPageAsync(view: "masked");
        await story.RefusesAsync(400, "request.malformed", () => story.Swift.Cases.ListPageAsync(view: "Full"));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.ContactPoints.ListAsync(id, "full"));
        (await story.Swift.Http.CallAsync("GET", "/v1/repayments?view=full", (string?)null)).IsProblem(400, "query.unknown_parameter");
    }

    private static async Task<Story> AtCasesAsync()
    {
        var story = await Story.AtTenantsAsync();
        await story.PlaceAsync($"""
            account_number,debtor_reference,debtor_name,id_number,phone,email,principal,oldest_due_date
            A-1,D-1,{Name},{IdNumber},+8610000000001,debtor1@example.test,1000,2026-01-01
            A-2,D-2,Example Debtor 2,,+8610000000002,,2000,2026-01-01
            A-3,D-3,Example Debtor 3,,+8610000000003,,3000,2026-01-01
            """, 90);
        return story;
    }

    [GeneratedRegex("^[0-9]+ [a-z ]+, digest [0-9a-f]{64}$")]
    private static partial Regex Digest();
}
