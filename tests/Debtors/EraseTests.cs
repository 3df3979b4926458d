using System.Text.Json;
using Agency.Sdk;
using Agency.Tests.AuditLog;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Debtors;

/// <summary>A bank erases a debtor for good. Raw where the bytes of an answer that was kept are what is looked at.</summary>
public sealed class EraseTests
{
    [Fact]
    public async Task No_table_holds_anything_of_an_erased_debtor_and_records_ledger_and_audit_stay()
    {
        var (story, record, evidence) = await Erasures.AtWorkAsync();
        await using var _ = story;
        var (database, debtor, account) = (story.Service.Database, story.Case.Account.Debtor.Id, story.Case.Account.Id);
        await story.PayAllAsync();
        var before = database.PrivateValues();
        Assert.NotEmpty(database.Find(story.BlindIndexes(), []));
        story.Service.Clock.Advance(Erasures.RetentionOfCn);
        var ledger = JsonSerializer.Serialize(await story.LedgerAsync());

        var erased = await story.EraseAsync();

        Assert.Equal((debtor, (string?)"debtor.is_erased"), (erased.DebtorId, erased.Obstacle));
        Assert.Equal(story.Service.Clock.GetUtcNow(), erased.ErasedAt);
        Assert.Empty(database.Find(story.BlindIndexes(), Erasures.Words));
        Assert.Equal(0, database.Count("base_contact_note"));
        Assert.Equal("Example Debtor 2", (await story.Harbour.Cases.RevealAsync(story.Cases["A-2"].Id, new RevealReason { Reason = "A neighbour in the file" })).Name);
        var left = database.PrivateValues();
        left.IntersectWith(before);

        // The other debtor of the file keeps a name and a number with its index.
        Assert.Equal(3, left.Count);
        Assert.Equal(ledger, JsonSerializer.Serialize(await story.LedgerAsync()));
        Assert.Equal((record.Outcome, record.OccurredAt, null), ((await story.Harbour.ContactRecords.GetAsync(record.Id)) is { } kept ? (kept.Outcome, kept.OccurredAt, kept.Note) : default));
        Assert.Equal(1, database.Count("base_contact_record WHERE note_digest IS NOT NULL AND point_digest IS NOT NULL"));
        await story.Service.SealAsync();
        await story.Service.CheckpointAsync();
        Assert.Empty(await story.Service.FaultsAsync());
        var shown = await story.Harbour.Accounts.GetAsync(account);
        Assert.Equal(("", $"erased-{debtor}", null, erased.ErasedAt), (shown.Debtor.Name, shown.Debtor.Reference, shown.Debtor.IdNumber, shown.Debtor.ErasedAt));
        var revealed = await story.Harbour.Cases.RevealAsync(story.Case.Id, new RevealReason { Reason = "What is left" });
        Assert.Equal(("", null, 0), (revealed.Name, revealed.IdNumber, revealed.ContactPoints.Count));
        Assert.Empty((await story.Harbour.ContactPoints.ListAsync(story.Case.Id)).Items);
        Assert.Equal("", (await story.Harbour.EvidenceFiles.GetAsync(evidence.Id)).Name);
        await RefusedAsync("evidence_file.is_erased", () => story.Harbour.EvidenceFiles.CreateLinkAsync(evidence.Id));
        Assert.Empty(Directory.GetFiles(database.Folder, "*.evidence", SearchOption.AllDirectories));
        Assert.Equal("", Assert.Single((await story.Harbour.SettlementProposals.ListOfCasePageAsync(story.Case.Id)).Items).Reason);
    }

    [Fact]
    public async Task It_is_one_entry_and_one_event_of_the_bank_alone()
    {
        await using var story = await AtErasableAsync();
        var debtor = await DebtorAsync(story);

        await story.EraseAsync(debtor);

        var entry = Assert.Single((await story.Harbour.AuditEntries.ListPageAsync(action: "debtor.erased")).Items);
        Assert.Equal((debtor, Erasures.Because.Reason), (entry.SubjectId, entry.Detail));
        Assert.Equal(1, story.Service.Database.Count("base_event WHERE type = 'debtor.erased' AND agency_id IS NULL"));
    }

    [Fact]
    public async Task To_an_agency_it_is_not_allowed_and_to_the_other_bank_the_debtor_does_not_exist()
    {
        await using var story = await AtErasableAsync();
        var debtor = await DebtorAsync(story);

        await story.HidesAsync("debtor.not_found", debtor, id => story.Summit.Debtors.EraseAsync(id, Erasures.Because));
        await story.HidesAsync("debtor.not_found", debtor, id => story.Summit.Debtors.GetErasureAsync(id));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Debtors.EraseAsync(debtor, Erasures.Because));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Service.As("analyst@harbour.example").Debtors.EraseAsync(debtor, Erasures.Because));
        Assert.NotNull((await story.Service.As("admin@harbour.example").Debtors.EraseAsync(debtor, Erasures.Because)).ErasedAt);
    }

    [Fact]
    public async Task The_same_key_erases_once()
    {
        await using var story = await AtErasableAsync();
        var debtor = await DebtorAsync(story);

        await story.ActsOnceAsync(key => story.EraseAsync(debtor, key));
    }

    [Fact]
    public async Task It_is_refused_while_a_case_is_open_or_kept_or_something_is_owed_and_a_second_time()
    {
        var (story, _, _) = await Erasures.AtWorkAsync();
        await using var _ = story;
        var other = story.Cases["A-2"];

        Assert.Equal("debtor.open_case", await ObstacleAsync(story, story.Case.Account.Debtor.Id));
        await story.RefusesAsync(409, "debtor.open_case", () => story.EraseAsync(key: "key"));
        await story.PayAllAsync();
        await story.RecallAsync(other);
        var until = TestDatabase.Start.AddDays(7).AddYears(2);
        Assert.Equal(until, (await story.Harbour.Debtors.GetErasureAsync(story.Case.Account.Debtor.Id)).RetainUntil);
        await story.RefusesAsync(409, "debtor.retention", () => story.EraseAsync(key: "key"));
        story.Service.Clock.Advance(until - TestDatabase.Start - TimeSpan.FromHours(1));
        await RefusedAsync("debtor.retention", () => story.EraseAsync(key: "key"));
        story.Service.Clock.Advance(TimeSpan.FromHours(2));
        await RefusedAsync("debtor.retention", () => story.EraseAsync(other.Account.Debtor.Id, "key"));
        await RefusedAsync("request.invalid", () => story.Harbour.Debtors.EraseAsync(story.Case.Account.Debtor.Id, new ErasureReason { Reason = "" }));
        await story.EraseAsync();
        await RefusedAsync("debtor.is_erased", () => story.EraseAsync(key: "key"));
    }

    // Once the clock has leapt the background is at work, and writes what it has to.
    private static async Task RefusedAsync(string code, Func<Task> erase) =>
        Assert.Equal(code, (await Assert.ThrowsAnyAsync<AgencyException>(erase)).Code);

    [Fact]
    public async Task Its_standing_has_a_tag_that_an_erasure_may_be_tied_to()
    {
        await using var story = await AtErasableAsync();
        var debtor = await DebtorAsync(story);
        var before = await story.Harbour.Debtors.GetErasureAsync(debtor);

        Assert.Equal((null, null), (before.ErasedAt, before.Obstacle));
        await RefusedAsync("precondition.failed", () => EraseAsync("\"another\""));
        await EraseAsync(before.ETag!.Value.Value);
        var after = await story.Harbour.Debtors.GetErasureAsync(debtor);
        Assert.NotEqual(before.ETag, after.ETag);
        Assert.Equal("debtor.is_erased", after.Obstacle);

        Task EraseAsync(string tag)
        {
            var tied = new CallOptions();
            tied.Headers["If-Match"] = tag;
            return story.Harbour.Debtors.EraseAsync(debtor, new ErasureReason { Reason = "Asked" }, tied);
        }
    }

    [Fact]
    public async Task The_same_reference_is_another_debtor_later_and_the_old_account_is_not_reopened()
    {
        var (story, _, _) = await Erasures.AtWorkAsync();
        await using var _ = story;
        var erased = story.Case.Account.Debtor.Id;
        await story.PayAllAsync();
        story.Service.Clock.Advance(Erasures.RetentionOfCn);
        await story.EraseAsync();

        var refreshed = await story.Harbour.ImportAsync(story.Portfolio.Id, Erasures.File(), story.Today, ImportMode.Refresh);
        var added = await story.Harbour.ImportAsync(story.Portfolio.Id, Erasures.File().Replace("A-1,", "A-9,", StringComparison.Ordinal), story.Today);

        Assert.Equal("account.is_resolved", (await story.Harbour.Imports.ListErrorsPageAsync(refreshed.Id)).Items[0].Code);
        Assert.Equal(1, added.RowsAccepted);
        var again = (await story.Harbour.AllAccountsAsync(story.Portfolio.Id)).Single(account => account.AccountNumber == "A-9").Debtor;
        Assert.NotEqual(erased, again.Id);
        Assert.Equal((Erasures.Reference, (DateTimeOffset?)null), (again.Reference, again.ErasedAt));
    }

    [Fact]
    public async Task An_answer_that_was_kept_with_the_name_is_not_given_again()
    {
        var (story, _, _) = await Erasures.AtWorkAsync();
        await using var _ = story;
        var closing = $"/v1/cases/{story.Case.Id}/closure";
        var closed = await story.Harbour.Http.CallAsync("POST", closing, """{"resolution":"written_off"}""", ("Idempotency-Key", "kept"));
        Assert.Contains("V***", closed.Is(201).Text, StringComparison.Ordinal);
        story.Service.Clock.Advance(Erasures.RetentionOfCn);
        await story.EraseAsync();

        var again = await story.Harbour.Http.CallAsync("POST", closing, """{"resolution":"written_off"}""", ("Idempotency-Key", "kept"));

        again.IsProblem(409, "case.is_closed");
        Assert.DoesNotContain("V***", again.Text, StringComparison.Ordinal);
    }

    // An account that no agency ever had, all of which harbour forgave.
    private static async Task<Story> AtErasableAsync()
    {
        var story = await Story.AtAccountsAsync(1);
        await story.ForgiveAsync(100_000, 5_000, 500, account: (await story.Harbour.AllAccountsAsync()).Single().Id);
        return story;
    }

    private static async Task<Guid> DebtorAsync(Story story) => (await story.Harbour.AllAccountsAsync()).Single().Debtor.Id;

    private static async Task<string?> ObstacleAsync(Story story, Guid debtor) => (await story.Harbour.Debtors.GetErasureAsync(debtor)).Obstacle;
}
