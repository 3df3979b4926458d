using Agency.Tests.Assignments;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.AuditLog;

/// <summary>What somebody was not let do is in the log of whoever tried, and in nobody else's. Raw, since some of what is refused the SDK would not send.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_write_to_what_is_foreign_is_written_down()
    {
        await using var story = await Story.AtCasesAsync();
        var before = StoredRows.Digest(story.Service.Database);

        (await story.Summit.Http.CallAsync("POST", $"/v1/cases/{story.Case.Id}/recall", """{"reason":"complaint"}""")).IsProblem(404, "case.not_found");

        Assert.Equal(before, StoredRows.Digest(story.Service.Database));
        var entry = Assert.Single((await story.Summit.AuditEntries.ListPageAsync()).Items);
        Assert.Equal(("request.refused", "Cases_Recall case.not_found", story.Case.Id, "summit-api", "127.0.0.1"), (entry.Action, entry.Detail, entry.SubjectId!.Value, entry.ClientId, entry.Address));
        Assert.Empty((await story.Harbour.AuditEntries.ListPageAsync(action: "request.refused")).Items);
    }

    [Fact]
    public async Task So_is_one_without_the_scope_and_one_that_something_stands_in_the_way_of()
    {
        await using var story = await Story.AtCasesAsync();
        var analyst = story.Service.ForPerson("analyst@harbour.example");
        (await analyst.CallAsync("POST", "/v1/agreements", "{}")).IsProblem(403, "auth.missing_scope");
        await story.RecallAsync();
        (await analyst.CallAsync("POST", $"/v1/cases/{story.Case.Id}/recall", """{"reason":"complaint"}""")).Is(409);

        var entries = (await story.Harbour.AuditEntries.ListPageAsync(action: "request.refused")).Items.ToList();

        Assert.Equal(["Agreements_Create auth.missing_scope", "Cases_Recall case.is_recalled"], entries.Select(entry => entry.Detail));
        Assert.Equal([null, story.Case.Id], entries.Select(entry => entry.SubjectId));
        Assert.All(entries, entry => Assert.NotNull(entry.PersonId));
        await story.Service.SealAsync();
        Assert.Empty(await story.Service.FaultsAsync());
    }

    [Fact]
    public async Task So_is_a_read_of_what_is_foreign_or_not_the_callers_to_read()
    {
        await using var story = await Story.AtCasesAsync();
        var approver = story.Service.ForPerson("approver@harbour.example");
        (await story.Summit.Http.CallAsync("GET", $"/v1/cases/{story.Case.Id}")).IsProblem(404, "case.not_found");
        (await story.Summit.Http.CallAsync("POST", $"/v1/cases/{story.Case.Id}/reveal", """{"reason":"Curious"}""")).IsProblem(404, "case.not_found");
        (await approver.CallAsync("GET", "/v1/audit-log")).IsProblem(403, "auth.missing_scope");
        (await approver.CallAsync("GET", "/v1/accounts?view=full")).IsProblem(403, "auth.clients_only");
        (await story.Summit.Http.CallAsync("GET", "/v1/cases?limit=5")).Is(200);

        var (summit, harbour) = ((await story.Summit.AuditEntries.ListPageAsync()).Items, (await story.Harbour.AuditEntries.ListPageAsync(action: "request.refused")).Items);

        Assert.Equal([("Cases_Get case.not_found", story.Case.Id), ("Cases_Reveal case.not_found", story.Case.Id)], summit.Select(entry => (entry.Detail, entry.SubjectId!.Value)));
        Assert.Equal(["AuditEntries_List auth.missing_scope", "Accounts_List auth.clients_only"], harbour.Select(entry => entry.Detail));
        Assert.All(harbour, entry => Assert.NotNull(entry.PersonId));
    }

    [Fact]
    public async Task Reads_have_a_count_of_their_own_and_crowd_out_no_write()
    {
        await using var story = await Story.AtTenantsAsync();
        for (var n = 0; n < 25; n++)
        {
            (await story.Summit.Http.CallAsync("GET", $"/v1/cases/{Guid.CreateVersion7()}")).Is(404);
        }

        Assert.Equal(20, (await story.Summit.AuditEntries.ListPageAsync(100)).Items.Count);
        (await story.Summit.Http.CallAsync("POST", $"/v1/cases/{Guid.CreateVersion7()}/recall", """{"reason":"complaint"}""")).Is(404);
        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        (await story.Summit.Http.CallAsync("GET", $"/v1/cases/{Guid.CreateVersion7()}")).Is(404);

        Assert.Equal(
            ["Cases_Recall case.not_found", "Cases_Get case.not_found; 5 before it are not written"],
            (await story.Summit.AuditEntries.ListPageAsync(100)).Items.Skip(20).Select(entry => entry.Detail));
    }

    [Fact]
    public async Task A_read_does_not_wait_for_who_writes_and_the_next_entry_says_what_is_missing()
    {
        await using var story = await Story.AtTenantsAsync();
        (await story.Summit.Http.CallAsync("GET", "/v1/cases")).Is(200);
        await using (await story.HoldTheWriterAsync())
        {
            var answer = story.Summit.Http.CallAsync("GET", $"/v1/cases/{Guid.CreateVersion7()}");
            (await answer.WaitAsync(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken)).IsProblem(404, "case.not_found");
        }

        (await story.Summit.Http.CallAsync("GET", $"/v1/cases/{Guid.CreateVersion7()}")).Is(404);
        Assert.Equal(["Cases_Get case.not_found; 1 before it are not written"], (await story.Summit.AuditEntries.ListPageAsync()).Items.Select(entry => entry.Detail));
    }

    [Fact]
    public async Task Mistakes_are_not()
    {
        await using var story = await Story.AtCasesAsync();
        (await story.Summit.Http.CallAsync("POST", "/v1/portfolios", "{}")).Is(400);
        (await story.Service.Anonymous.CallAsync("POST", "/v1/portfolios", "{}")).Is(401);

        Assert.Empty((await story.Summit.AuditEntries.ListPageAsync()).Items);
    }

    [Fact]
    public async Task Who_is_refused_again_and_again_does_not_fill_the_log()
    {
        await using var story = await Story.AtTenantsAsync();
        await RefuseAsync(story.Summit, 75);
        await RefuseAsync(story.Harbour, 1);
        Assert.Equal(60, (await story.Summit.AuditEntries.ListPageAsync(100)).Items.Count);
        Assert.Single((await story.Harbour.AuditEntries.ListPageAsync()).Items);

        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        await RefuseAsync(story.Summit, 2);

        var entries = (await story.Summit.AuditEntries.ListPageAsync(100)).Items.ToList();
        Assert.Equal(62, entries.Count);
        Assert.Equal(["Cases_Recall case.not_found; 15 before it are not written", "Cases_Recall case.not_found"], entries[60..].Select(entry => entry.Detail));

        static async Task RefuseAsync(Side side, int times)
        {
            for (var n = 0; n < times; n++)
            {
                (await side.Http.CallAsync("POST", $"/v1/cases/{Guid.CreateVersion7()}/recall", """{"reason":"complaint"}""")).Is(404);
            }
        }
    }
}
