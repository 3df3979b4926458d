using Agency.Sdk;
using Agency.Tests.AuditLog;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Debtors;

/// <summary>What is private in an ended case goes by itself once the time of the rule pack is over; the record stays.</summary>
public sealed class RetentionTests
{
    [Theory]
    [InlineData("cn", 2)]
    [InlineData("us", 3)]
    [InlineData("cn_consumer_finance", 5)]
    public async Task What_was_said_and_dialled_is_kept_for_the_years_of_the_rule_pack_and_erased_then(RulePackCode pack, int years)
    {
        var (story, record, evidence) = await Erasures.AtWorkAsync(new NewAgreementTerms { RulePack = pack, LateReportDays = 10 });
        await using var _ = story;
        await story.PayAllAsync();
        var (database, until) = (story.Service.Database, TestDatabase.Start.AddDays(10).AddYears(years));

        story.Service.Clock.Advance(until - TestDatabase.Start - TimeSpan.FromMinutes(1));
        await story.SweepAsync();
        Assert.Equal(1, database.Count("base_contact_note"));
        Assert.Equal(0, database.Count("base_case WHERE erased_at IS NOT NULL"));
        Assert.Equal("Lost the boatyard", Assert.Single((await story.Harbour.SettlementProposals.ListOfCasePageAsync(story.Case.Id)).Items).Reason);

        story.Service.Clock.Advance(TimeSpan.FromMinutes(2));
        await story.SweepAsync();
        await story.SweepAsync();

        Assert.Equal(0, database.Count("base_contact_note"));
        Assert.Equal(1, database.Count("base_audit_entry WHERE action = 'case.erased'"));
        Assert.Equal(1, database.Count("base_contact_record WHERE note_digest IS NOT NULL AND point_digest IS NOT NULL"));
        Assert.Equal(0, database.Count("base_settlement_proposal WHERE reason_cipher <> X'' OR circumstances_cipher IS NOT NULL"));
        Assert.Equal(0, database.Count("base_case_motion WHERE note_cipher IS NOT NULL"));
        Assert.Equal(0, database.Count("base_repayment WHERE payer_cipher <> X''"));
        Assert.Equal(0, database.Count("base_evidence_file WHERE name_cipher <> X''"));
        Assert.Empty(Directory.GetFiles(database.Folder, "*.evidence", SearchOption.AllDirectories));
        Assert.Null((await story.Harbour.ContactRecords.GetAsync(record.Id)).Note);
        Assert.Equal("", (await story.Harbour.EvidenceFiles.GetAsync(evidence.Id)).Name);

        // The debtor is the bank's to erase.
        Assert.Equal(Erasures.Name, (await story.Harbour.Cases.RevealAsync(story.Case.Id, new RevealReason { Reason = "Still a customer" })).Name);
    }

    [Fact]
    public async Task An_open_case_keeps_what_is_its_own_and_a_case_without_a_date_gets_one()
    {
        var (story, _, _) = await Erasures.AtWorkAsync();
        await using var _ = story;
        await story.RecallAsync(story.Cases["A-2"]);
        using (var raw = story.Service.Database.OpenRaw())
        {
            raw.Run("UPDATE base_case SET retain_until = NULL");
        }

        await story.SweepAsync();

        Assert.Equal("2028-03-09 02:00:00.000", story.Service.Database.Scalar("SELECT retain_until FROM base_case WHERE ended_at IS NOT NULL"));
        Assert.Equal(1, story.Service.Database.Count("base_case WHERE ended_at IS NULL AND retain_until IS NULL"));
        Assert.Equal(1, story.Service.Database.Count("base_contact_note"));
    }

    [Fact]
    public async Task A_file_left_in_the_store_by_an_erasure_that_was_cut_short_is_taken_by_the_sweep()
    {
        var (story, _, evidence) = await Erasures.AtWorkAsync();
        await using var _ = story;
        var kept = Assert.Single(Directory.GetFiles(story.Service.Database.Folder, "*.evidence", SearchOption.AllDirectories));
        var content = await System.IO.File.ReadAllBytesAsync(kept, TestContext.Current.CancellationToken);
        await story.PayAllAsync();
        story.Service.Clock.Advance(Erasures.RetentionOfCn);
        await story.SweepAsync();
        Assert.False(System.IO.File.Exists(kept));
        await System.IO.File.WriteAllBytesAsync(kept, content, TestContext.Current.CancellationToken);
        System.IO.File.SetLastWriteTimeUtc(kept, TestDatabase.Start.UtcDateTime);

        await story.Service.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Agency.Api.EvidenceFiles.EvidenceSweep>().Single().RunAsync(TestContext.Current.CancellationToken);

        Assert.False(System.IO.File.Exists(kept), evidence.Id.ToString());
    }

    [Fact]
    public async Task What_an_import_could_not_take_is_forgotten_after_ninety_days_but_for_what_was_wrong()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var import = await story.Harbour.ImportAsync(story.Portfolio.Id, Erasures.File("x,0,0"), story.Today);
        story.Service.Clock.Advance(TimeSpan.FromDays(89));
        await story.SweepAsync();
        Assert.NotNull(Assert.Single((await story.Harbour.Imports.ListErrorsPageAsync(import.Id)).Items).Value);

        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        await story.SweepAsync();

        var error = Assert.Single((await story.Harbour.Imports.ListErrorsPageAsync(import.Id)).Items);
        Assert.Equal(("principal", null), (error.Column, error.Value));
    }
}
