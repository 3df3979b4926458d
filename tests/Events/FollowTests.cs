using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Events;

/// <summary>Either side follows a list across all cases and learns of everything, once it happened.</summary>
public sealed class FollowTests
{
    public static TheoryData<string> Lists => ["/v1/contact-records", "/v1/promises", "/v1/repayments", "/v1/settlement-proposals", "/v1/holds", "/v1/cases", "/v1/ledger-entries", "/v1/events"];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task From_the_start_both_sides_get_everything_and_then_nothing_at_the_same_place(string list)
    {
        await using var story = await WorkedAsync();
        foreach (var side in (Side[])[story.Harbour, story.Swift])
        {
            var one = new Following(side.Http, list, limit: 1);
            var all = new Following(side.Http, list);
            var seen = await all.IdsAsync();

            Assert.NotEmpty(seen);
            Assert.Equal(seen.Order(), (await one.IdsAsync()).Distinct().Order());
            Assert.Empty(await all.ReadAsync());
            Assert.Equal(one.Place, all.Place);
        }

        foreach (var other in (Side[])[story.Summit, story.Lantern])
        {
            Assert.Empty(await new Following(other.Http, list).ReadAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Only_what_happens_later_comes_after_a_place(string list)
    {
        await using var story = await Story.AtCasesAsync(3);
        var (bank, agency) = (new Following(story.Harbour.Http, list), new Following(story.Swift.Http, list));
        await bank.ReadAsync();
        await agency.ReadAsync();
        story.Service.Clock.Advance(TimeSpan.FromHours(1));

        await DoAsync(story, story.Cases["A-2"]);
        if (list == "/v1/cases")
        {
            await story.RecallAsync(story.Cases["A-3"]);
        }

        var (toBank, toAgency) = (await bank.IdsAsync(), await agency.IdsAsync());
        Assert.NotEmpty(toBank);
        Assert.Equal(list == "/v1/cases" ? [] : toBank, toAgency);
    }

    [Fact]
    public async Task What_changed_comes_as_it_is_now_once_a_page_at_its_last_place()
    {
        await using var story = await Story.AtCasesAsync(2);
        var first = await story.ReportAsync(100);
        var second = await story.ReportAsync(200, on: story.Cases["A-2"]);
        await story.ConfirmAsync(first);

        var page = await story.Swift.Repayments.ListPageAsync(changedAfter: "start");

        Assert.Equal([second.Id, first.Id], page.Items.Select(item => item.Id));
        Assert.Equal([RepaymentState.Reported, RepaymentState.Confirmed], page.Items.Select(item => item.State));
        Assert.Null(page.Next);
        Assert.Equal([first.Id, second.Id, first.Id], await new Following(story.Swift.Http, "/v1/repayments", limit: 1).IdsAsync());

        await story.ReverseAsync(first);

        var later = Assert.Single((await story.Harbour.Repayments.ListPageAsync(changedAfter: await PlaceOfAsync(story.Harbour, events: 3))).Items);
        Assert.Equal((first.Id, RepaymentState.Reversed), (later.Id, later.State));
    }

    [Fact]
    public async Task A_case_that_ended_leaves_the_agencys_feed_and_its_event_has_the_id_alone()
    {
        await using var story = await Story.AtCasesAsync(2);
        var (swift, harbour) = (new Following(story.Swift.Http, "/v1/cases", limit: 1), new Following(story.Harbour.Http, "/v1/cases"));

        await story.RecallAsync();

        Assert.Equal([story.Cases["A-2"].Id], await swift.IdsAsync());
        var recalled = Assert.Single(await harbour.ReadAsync(), item => item.GetProperty("id").GetGuid() == story.Case.Id);
        Assert.Equal("recalled", recalled.GetProperty("state").GetString());

        var told = Assert.Single(await new Following(story.Swift.Http, "/v1/events").ReadAsync(), e => e.GetProperty("type").GetString() == "case.ended");
        Assert.Equal("caseId id occurredAt subject type", string.Join(' ', told.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)));
        Assert.Equal((story.Case.Id, story.Case.Id), (told.GetProperty("caseId").GetGuid(), told.GetProperty("subject").GetProperty("id").GetGuid()));
        var known = Assert.Single((await story.Harbour.Events.ListPageAsync(1000, subject: "case")).Items, e => e.Type == "case.ended");
        Assert.Equal((told.GetProperty("id").GetGuid(), story.Case.Account.Id), (known.Id, known.AccountId!.Value));
    }

    [Fact]
    public async Task What_an_agency_reported_stays_in_its_feeds_after_the_case_without_the_debtors_data()
    {
        await using var story = await Story.AtCasesAsync(1);
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call("She will pay"));
        await story.ReportAsync(100);
        await story.ProposeAsync(50_000);
        Assert.Equal("A-1", Assert.Single((await story.Swift.ContactRecords.ListPageAsync(changedAfter: "start")).Items).AccountNumber);

        await story.RecallAsync();

        var record = Assert.Single((await story.Swift.ContactRecords.ListPageAsync(changedAfter: "start")).Items);
        Assert.Equal((null, null), (record.AccountNumber, record.Note));
        Assert.Null(Assert.Single((await story.Swift.Repayments.ListPageAsync(changedAfter: "start")).Items).AccountNumber);
        Assert.Null(Assert.Single((await story.Swift.SettlementProposals.ListPageAsync(changedAfter: "start")).Items).AccountNumber);
        Assert.Equal("A-1", Assert.Single((await story.Harbour.Repayments.ListPageAsync(changedAfter: "start")).Items).AccountNumber);
        Assert.Empty((await story.Swift.LedgerEntries.ListPageAsync(changedAfter: "start")).Items);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_place_means_something_to_its_tenant_in_its_list_alone_and_goes_with_nothing_else(string list)
    {
        await using var story = await WorkedAsync();
        var harbour = new Following(story.Harbour.Http, list);
        await harbour.PageAsync();
        (await story.Harbour.Http.CallAsync("GET", $"{list}?changed_after={harbour.Place}")).Is(200);

        await RefusedAsync(story.Swift.Http, $"{list}?changed_after={harbour.Place}", "query.cursor_invalid");
        await RefusedAsync(story.Harbour.Http, $"{(list == "/v1/cases" ? "/v1/repayments" : "/v1/cases")}?changed_after={harbour.Place}", "query.cursor_invalid");
        foreach (var garbage in (string[])["", "Start", "0", "!!", harbour.Place + "AA", harbour.Place[..^1] + (harbour.Place[^1] == 'A' ? 'B' : 'A')])
        {
            await RefusedAsync(story.Harbour.Http, $"{list}?changed_after={garbage}", "query.cursor_invalid");
        }

        await RefusedAsync(story.Harbour.Http, $"{list}?changed_after=start&cursor=x", "query.changed_after_combined");
        if (list is "/v1/contact-records" or "/v1/promises" or "/v1/repayments" or "/v1/settlement-proposals")
        {
            await RefusedAsync(story.Harbour.Http, $"{list}?changed_after=start&account_number=A-1", "query.changed_after_combined");
            await RefusedAsync(story.Harbour.Http, $"{list}?changed_after=start&agency_reference=A-1", "query.changed_after_combined");
            await RefusedAsync(story.Harbour.Http, $"{list}?changed_after=start&case_id={story.Case.Id}", "query.changed_after_combined");
        }
    }

    [Fact]
    public async Task Without_a_place_a_list_gives_none()
    {
        await using var story = await WorkedAsync();

        Assert.Null((await story.Harbour.Repayments.ListPageAsync()).ChangedAfter);
        Assert.Null((await story.Harbour.Cases.ListPageAsync()).ChangedAfter);
        Assert.Null((await story.Harbour.LedgerEntries.ListPageAsync()).ChangedAfter);
    }

    /// <summary>A contact, a promise, money that is confirmed, a proposal and a dispute: on the first case unless another is named.</summary>
    internal static async Task DoAsync(Story story, Case? on = null)
    {
        var id = (on ?? story.Case).Id;
        await story.Swift.ContactRecords.CreateAsync(id, story.Call());
        await story.Swift.Promises.CreateAsync(id, new NewPromise { Amount = Story.Cny(50), DueOn = story.Today });
        await story.ConfirmAsync(await story.ReportAsync(100, on: on));
        await story.Swift.SettlementProposals.CreateAsync(id, new NewSettlementProposal { Kind = SettlementKind.LumpSum, Amount = Story.Cny(500), PayBy = story.Today, Reason = "Hardship" });
        await story.Swift.Holds.CreateAsync(id, new NewHold { Kind = HoldKind.Dispute });
    }

    private static async Task<Story> WorkedAsync()
    {
        var story = await Story.AtCasesAsync(3);
        await DoAsync(story);
        await DoAsync(story, story.Cases["A-3"]);
        return story;
    }

    private static async Task<string> PlaceOfAsync(Side side, int events)
    {
        var reader = new Following(side.Http, "/v1/repayments", limit: 1);
        for (var i = 0; i < events; i++)
        {
            Assert.Single(await reader.PageAsync());
        }

        return reader.Place;
    }

    private static async Task RefusedAsync(HttpClient http, string path, string code) => (await http.CallAsync("GET", path)).IsProblem(400, code);
}
