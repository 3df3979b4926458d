using Agency.Api.Data;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.AuditLog;

/// <summary>A bank and an agency read of each other what was done in the cases between them, and nothing of how either works.</summary>
public sealed class OtherSideTests
{
    private const string Other = "other";

    [Fact]
    public async Task A_bank_reads_for_good_what_its_agency_did_in_its_cases()
    {
        await using var story = await Story.AtCasesAsync();
        var record = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call("Brambles"));
        var repayment = await story.ReportAsync(1_000);
        await story.Swift.Repayments.WithdrawAsync(repayment.Id, new RepaymentWithdrawal());
        await story.RecallAsync();

        var entries = (await story.Harbour.AuditEntries.ListPageAsync(side: Other)).Items;

        Assert.Equal(
            [("contact_record.reported", record.Id, story.Case.Id), ("repayment.reported", repayment.Id, story.Case.Id), ("repayment.withdrawn", repayment.Id, story.Case.Id)],
            entries.Select(entry => (entry.Action, entry.SubjectId!.Value, entry.CaseId!.Value)));
        Assert.Equal(("state", "reported", "withdrawn"), entries[2].Changes!.Select(change => (change.Field, change.Before, change.After)).Single());
        Assert.All(entries, entry => Assert.Equal((null, null, null, null, null), (entry.Detail, entry.ClientId, entry.Address, entry.TraceId, entry.SealNumber)));
        Assert.Equal(entries.Select(entry => entry.Id), (await story.Swift.AuditEntries.ListPageAsync()).Items.Where(entry => entry.CaseId is not null).Select(entry => entry.Id));
    }

    [Fact]
    public async Task An_agency_reads_what_the_bank_did_while_its_case_is_open()
    {
        await using var story = await Story.AtCasesAsync();
        var paid = await story.PayAsync(1_000);
        var second = await story.ConfirmAsync(await story.ReportAsync(2_000, on: story.Cases["A-2"]));

        var open = (await story.Swift.AuditEntries.ListPageAsync(side: Other)).Items;

        Assert.Equal([("repayment.confirmed", paid.Id), ("repayment.confirmed", second.Id)], open.Select(entry => (entry.Action, entry.SubjectId!.Value)));
        Assert.Equal(("state", "reported", "confirmed"), open[0].Changes!.Select(change => (change.Field, change.Before, change.After)).Single());
        await story.RecallAsync();
        Assert.Equal([second.Id], (await story.Swift.AuditEntries.ListPageAsync(side: Other)).Items.Select(entry => entry.SubjectId!.Value));
    }

    [Fact]
    public async Task What_is_internal_to_a_side_nobody_else_reads()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.StaffAsync();
        var collector = await story.Swift.PersonAsync("collector");
        var why = new RevealReason { Reason = "The debtor asked to be called back" };
        await story.Swift.Cases.RevealAsync(story.Case.Id, why);
        await story.Harbour.Cases.RevealAsync(story.Case.Id, why);
        await story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = [story.Case.Id], ToPersonIds = [collector] });
        await story.Service.As("manager@swift.example").Cases.WorkAsync(story.Case.Id);
        await story.ForgiveAsync(100);
        (await story.Swift.Http.CallAsync("POST", $"/v1/cases/{story.Case.Id}/recall", """{"reason":"complaint"}""")).Is(403);

        Assert.Empty((await story.Harbour.AuditEntries.ListPageAsync(side: Other)).Items);
        Assert.Empty((await story.Swift.AuditEntries.ListPageAsync(side: Other)).Items);
        Assert.Superset(
            new HashSet<string>(["case.revealed", "case.distributed", "case.worked", "request.refused"], StringComparer.Ordinal),
            (await story.Swift.AuditEntries.ListPageAsync()).Items.Select(entry => entry.Action).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Those_who_have_no_part_in_a_case_read_nothing_of_it()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PayAsync(1_000);

        foreach (var nobody in new[] { story.Summit, story.Lantern, new Side(story.Service.For("operator")) })
        {
            Assert.Empty((await nobody.AuditEntries.ListPageAsync(side: Other)).Items);
        }

        (await story.Service.ForPerson("collector@swift.example").CallAsync("GET", "/v1/audit-log?side=other")).IsProblem(403, "auth.missing_scope");
    }

    /// <summary>The rule is the database's: the same statement finds nothing in the session of somebody who sees a desk alone.</summary>
    [Fact]
    public async Task The_database_says_who_reads_it()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PayAsync(1_000);
        var everything = new Sql("SELECT COUNT(*) FROM audit_entry WHERE shared_with = @tenant");
        var (swift, lantern) = (story.Service.Database.NumberOf("swift"), story.Service.Database.NumberOf("lantern"));

        Assert.Equal(1, await CountAsync(new(swift, TenantKind.Agency)));
        Assert.Equal(0, await CountAsync(new(swift, TenantKind.Agency, Id.FirstAt(TestDatabase.Start), Sight.Team)));
        Assert.Equal(0, await CountAsync(new(lantern, TenantKind.Agency)));
        Assert.Equal(0, await CountAsync(new(swift, TenantKind.Bank), tenant: lantern));

        async Task<long> CountAsync(TenantContext who, int? tenant = null)
        {
            await using var session = await story.Service.Services.GetRequiredService<Agency.Api.Data.Database>().OpenAsync(who, write: false, TestContext.Current.CancellationToken);
            return await session.FindAsync<long>(everything, new { tenant = tenant ?? who.Tenant }, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task It_is_filtered_and_read_page_by_page_and_what_is_shared_proves_too()
    {
        await using var story = await Story.AtCasesAsync();
        for (var n = 0; n < 5; n++)
        {
            await story.ReportAsync(1_000 + n);
        }

        var log = story.Harbour.AuditEntries;
        var whole = (await log.ListPageAsync(side: Other)).Items.Select(entry => entry.Id).ToList();
        Assert.Equal(5, whole.Count);
        Assert.Equal(whole, (await log.ListAsync(side: Other, pageSize: 2).ToListAsync()).Select(entry => entry.Id));
        Assert.Empty((await log.ListPageAsync(side: Other, action: "case.recalled")).Items);
        Assert.Single((await log.ListPageAsync(side: Other, subjectId: (await log.ListPageAsync(side: Other)).Items[3].SubjectId)).Items);
        Assert.Empty((await log.ListPageAsync(side: Other, to: TestDatabase.Start)).Items);
        (await story.Harbour.Http.CallAsync("GET", "/v1/audit-log?side=other&client_id=swift-api")).IsProblem(400, "request.malformed");
        (await story.Harbour.Http.CallAsync("GET", "/v1/audit-log?side=both")).IsProblem(400, "request.malformed");
        await story.Service.CheckpointAsync();
        Assert.Empty(await story.Service.FaultsAsync());

        // Nobody with the database alone can show an entry to another, or take it out of their sight.
        story.Service.Database.Tamper($"UPDATE base_audit_entry SET shared_with = {story.Service.Database.NumberOf("summit")} WHERE shared_with IS NOT NULL");
        Assert.NotEmpty(await story.Service.FaultsAsync());
    }
}
