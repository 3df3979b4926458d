using System.Net;
using Agency.Api.Data;
using Agency.Sdk;
using Agency.Tests.AuditLog;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.OnSqlServer;

/// <summary>The main job through the API on a SQL Server, with the three logins that a service has.</summary>
public sealed class StoryTests
{
    [Fact(Skip = SqlServerPlace.NotThere, SkipType = typeof(SqlServerPlace), SkipUnless = nameof(SqlServerPlace.IsThere))]
    public async Task The_service_is_ready_and_no_policy_is_missing()
    {
        using var database = await TestDatabase.OnSqlServerAsync();
        await using var service = await TestService.StartAsync(database: database);

        Assert.Empty(await service.Services.GetRequiredService<Engine>().FindIsolationFaultsAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, (await service.Anonymous.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact(Skip = SqlServerPlace.NotThere, SkipType = typeof(SqlServerPlace), SkipUnless = nameof(SqlServerPlace.IsThere))]
    public async Task The_main_job_is_done_once_and_seen_by_its_two_sides_alone()
    {
        using var database = await TestDatabase.OnSqlServerAsync();
        await using var story = await Story.AtCasesAsync(database: database);
        var record = await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call("Brambles", "010-0000 1234"), CallOptions.WithKey("record"));
        Assert.Equal(record.Id, (await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call("Brambles", "010-0000 1234"), CallOptions.WithKey("record"))).Id);
        var paid = await story.PayAsync(1_000);
        await story.ApproveAsync(await story.ProposeAsync(50_000));

        Assert.Equal(RepaymentState.Confirmed, (await story.Swift.Repayments.GetAsync(paid.Id)).State);
        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            Assert.Empty(await other.AllCasesAsync());
            Assert.Equal("case.not_found", (await Assert.ThrowsAnyAsync<AgencyException>(() => other.Cases.GetAsync(story.Case.Id))).Code);
            Assert.Empty((await other.AuditEntries.ListPageAsync(side: "other")).Items);
        }

        Assert.Contains((await story.Swift.AuditEntries.ListPageAsync(side: "other")).Items, entry => entry.Action == "repayment.confirmed");
        await story.RecallAsync();
        Assert.Equal("case.not_found", (await Assert.ThrowsAnyAsync<AgencyException>(() => story.Swift.Cases.GetAsync(story.Case.Id))).Code);
        Assert.Contains((await story.Harbour.AuditEntries.ListPageAsync(side: "other")).Items, entry => entry.Action == "repayment.reported");
        await story.Service.CheckpointAsync();
        Assert.Empty(await story.Service.FaultsAsync());
    }
}
