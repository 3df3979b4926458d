using System.Diagnostics;
using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RetentionSteps = Agency.Api.Assignments.RetentionSteps;
using RetentionSweep = Agency.Api.Assignments.RetentionSweep;
using RetentionWorker = Agency.Api.Assignments.RetentionWorker;

namespace Agency.Tests.Assignments;

/// <summary>An agency asks to keep more cases than a request deals with at once, and the bank answers for all. Raw where the location of a 202 is followed.</summary>
public sealed class LargeRetentionTests
{
    private const int Many = 2_500;

    [Fact]
    public async Task Above_a_thousand_accounts_it_is_asked_and_granted_in_the_background()
    {
        await using var story = await AtCasesAsync();
        var later = story.Assignment.TermEnd.AddDays(30);

        var asking = await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(later));
        Assert.Equal((RetentionDeed.Asked, RetentionState.Running, 0, later), (asking.Deed, asking.State, asking.Cases, asking.TermEnd));
        var asked = await DoneAsync(story.Harbour, asking);
        Assert.Equal((Many, "active_promise"), (asked.Cases, asked.Reason));
        Assert.Equal((Many, Many, 1), (Count(story, "base_case_motion WHERE kind = 'retention'"), story.Events("case.retention_requested"), story.Events("assignment.retention_requested")));

        var granted = await DoneAsync(story.Swift, await story.Harbour.Assignments.GrantRetentionAsync(story.Assignment.Id, new AssignmentRetentionGrant()));

        Assert.Equal((RetentionDeed.Granted, Many), (granted.Deed, granted.Cases));
        Assert.Equal((Many, Many, 1), (Count(story, $"base_case WHERE extended_to = '{later:yyyy-MM-dd}'"), story.Events("case.retention_granted"), story.Events("assignment.retention_granted")));
        var said = (await story.Swift.Assignments.ListRetentionsPageAsync(story.Assignment.Id)).Items;
        Assert.Equal([asked.Id, granted.Id], said.Select(one => one.Id));
        Assert.Equal([asked.Id, granted.Id], (await story.Harbour.Assignments.ListRetentionsPageAsync(story.Assignment.Id)).Items.Select(one => one.Id));
    }

    [Fact]
    public async Task It_answers_that_it_was_accepted_and_where_to_follow_it()
    {
        await using var story = await AtCasesAsync();

        var swift = story.Service.For("swift");
        var answer = await swift.CallAsync("POST", $"/v1/assignments/{story.Assignment.Id}/retention", $$"""{"termEnd":"{{story.Assignment.TermEnd.AddDays(1):yyyy-MM-dd}}","reason":"plan_in_force"}""");

        Assert.Equal((202, "running"), (answer.Status, answer.Json.GetProperty("state").GetString()));
        Assert.Equal($"/v1/assignment-retentions/{answer.Id}", answer.Location);
        Assert.Equal(200, (await swift.CallAsync("GET", answer.Location!)).Status);
    }

    [Fact]
    public async Task While_it_runs_nothing_else_is_said_of_all_and_what_is_said_of_one_counts()
    {
        await using var story = await AtCasesAsync();
        var later = Until(story.Assignment.TermEnd.AddDays(30));
        var asking = await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, later);
        await using (await story.HoldTheWriterAsync())
        {
            Assert.Equal(RetentionState.Running, (await story.Harbour.Assignments.GetRetentionAsync(asking.Id)).State);
        }

        await DoneAsync(story.Swift, asking);
        await StopAsync(story);
        var refusing = await story.Harbour.Assignments.RefuseRetentionAsync(story.Assignment.Id, Deeds.Because);
        await story.RefusesAsync(409, "assignment.retention_running", () => story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, later, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.retention_running", () => story.Harbour.Assignments.GrantRetentionAsync(story.Assignment.Id, new AssignmentRetentionGrant(), CallOptions.WithKey("key")));

        // Of one case the bank may say something else, and the agency ask anew: neither is overtaken by what was said of all.
        var two = (await story.Harbour.Cases.ListPageAsync(limit: 2)).Items.ToList();
        var (kept, again) = (two[0], two[1]);
        await story.Harbour.Cases.GrantRetentionAsync(kept.Id, new RetentionGrant());
        await story.Harbour.Cases.RefuseRetentionAsync(again.Id, Deeds.Because);
        await story.Swift.Cases.RequestRetentionAsync(again.Id, new CaseRetention { TermEnd = story.Assignment.TermEnd.AddDays(40), Reason = KeepReason.PaymentPending });
        await story.Service.Services.GetRequiredService<RetentionSteps>().SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal((RetentionState.Done, Many - 2), ((await story.Harbour.Assignments.GetRetentionAsync(refusing.Id)).State, (await story.Harbour.Assignments.GetRetentionAsync(refusing.Id)).Cases));
        Assert.Equal(Many - 1, Count(story, "base_case_motion_answer WHERE answer = 'refused'"));
        Assert.Equal(story.Assignment.TermEnd.AddDays(30), (await story.Harbour.Cases.GetAsync(kept.Id)).ExtendedTo);
        Assert.Equal(MotionKind.Retention, (await story.Harbour.Cases.GetAsync(again.Id)).OpenMotion!.Kind);
    }

    [Fact]
    public async Task A_service_that_was_stopped_in_the_middle_goes_on_where_it_was()
    {
        using var database = await TestDatabase.CreateAsync();
        Guid assignment;
        AssignmentRetention asking;
        await using (var story = await AtCasesAsync(database))
        {
            assignment = story.Assignment.Id;
            asking = await story.Swift.Assignments.RequestRetentionAsync(assignment, Until(story.Assignment.TermEnd.AddDays(30)));
        }

        Assert.NotEqual(Many, Number(database, "SELECT COUNT(*) FROM base_case_motion"));
        AssignmentRetention granting;
        await using (var story = await Story.AtTenantsAsync(database: database))
        {
            Assert.Equal(Many, (await DoneAsync(story.Swift, asking)).Cases);
            Assert.Equal((Many, Many), (Number(database, "SELECT COUNT(*) FROM base_case_motion"), Number(database, "SELECT COUNT(DISTINCT case_id) FROM base_case_motion")));

            // An answer is to what was asked before it, by the ids' time: of two services at one instant it can't be told.
            story.Service.Clock.Advance(TimeSpan.FromSeconds(1));
            granting = await story.Harbour.Assignments.GrantRetentionAsync(assignment, new AssignmentRetentionGrant());
        }

        Assert.NotEqual(Many, Number(database, "SELECT COUNT(*) FROM base_case_motion_answer"));
        await using (var story = await Story.AtTenantsAsync(database: database))
        {
            Assert.Equal(Many, (await DoneAsync(story.Harbour, granting)).Cases);
            Assert.Equal((Many, Many), (Number(database, "SELECT COUNT(*) FROM base_case_motion_answer"), story.Events("case.retention_granted")));
            Assert.Equal((1, 1), (story.Events("assignment.retention_requested"), story.Events("assignment.retention_granted")));
        }
    }

    [Fact]
    public async Task A_supervisor_asks_for_the_cases_of_the_team_alone()
    {
        await using var story = await AtCasesAsync();
        var collector = await story.Swift.PersonAsync("collector");
        await story.Swift.TeamAsync("First", false, collector, await story.Swift.PersonAsync("supervisor"));
        var mine = (await story.Swift.AllCasesAsync(story.Assignment.Id)).Take(900).Select(c => c.Id).ToList();
        await story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = [.. mine], ToPersonIds = [collector] });

        var supervisor = story.Service.As("supervisor@swift.example");
        var asked = await DoneAsync(story.Swift, await supervisor.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(story.Assignment.TermEnd.AddDays(30))));

        Assert.Equal(mine.Count, asked.Cases);
        Assert.Equal(mine.Count, Count(story, "base_case_motion WHERE person_id IS NOT NULL"));
    }

    [Fact]
    public async Task What_is_taken_back_meanwhile_is_kept_no_longer()
    {
        await using var story = await AtCasesAsync();
        await StopAsync(story);
        var asking = await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(story.Assignment.TermEnd.AddDays(30)));
        await story.Harbour.Assignments.RecallAsync(story.Assignment.Id, new AssignmentRecall { Reason = RecallReason.Breach });

        await story.Service.Services.GetRequiredService<RetentionSteps>().SweepAsync(TestContext.Current.CancellationToken);
        var done = await story.Harbour.Assignments.GetRetentionAsync(asking.Id);

        Assert.Equal(RetentionState.Done, done.State);
        Assert.Equal((0, 0), (done.Cases, Count(story, "base_case_motion")));
        Assert.Equal(0, story.Events("assignment.retention_requested"));
    }

    [Fact]
    public async Task No_other_write_waits_long_for_it()
    {
        await using var story = await AtCasesAsync(count: 5_000);
        var waited = TimeSpan.Zero;
        await UntilDoneAsync(await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(story.Assignment.TermEnd.AddDays(30))));
        await UntilDoneAsync(await story.Harbour.Assignments.GrantRetentionAsync(story.Assignment.Id, new AssignmentRetentionGrant()));

        TestContext.Current.TestOutputHelper?.WriteLine($"The longest wait of another write: {waited.TotalMilliseconds:F0} ms.");

        // The bar is 250 ms on a quiet machine; tests run beside others.
        Assert.InRange(waited, TimeSpan.Zero, TimeSpan.FromSeconds(2));

        async Task UntilDoneAsync(AssignmentRetention retention)
        {
            var done = DoneAsync(story.Harbour, retention);
            for (var n = 0; !done.IsCompleted; n++)
            {
                var watch = Stopwatch.StartNew();
                await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = $"Other {retention.Deed} {n}", Currency = "CNY" });
                waited = waited > watch.Elapsed ? waited : watch.Elapsed;
            }

            await done;
        }
    }

    [Fact]
    public async Task To_others_what_was_said_does_not_exist()
    {
        await using var story = await Story.AtCasesAsync();
        var asked = await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(story.Assignment.TermEnd.AddDays(30)));
        Assert.Equal((RetentionState.Done, 3), (asked.State, asked.Cases));

        await story.HidesAsync("assignment_retention.not_found", asked.Id, id => story.Lantern.Assignments.GetRetentionAsync(id));
        await story.HidesAsync("assignment_retention.not_found", asked.Id, id => story.Summit.Assignments.GetRetentionAsync(id));
        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Summit.Assignments.ListRetentionsPageAsync(id));
    }

    private static async Task<Story> AtCasesAsync(TestDatabase? database = null, int count = Many)
    {
        var story = await Story.AtAccountsAsync(count, database: database);
        await story.PlaceAllAsync();
        return story;
    }

    // What is said from here on is carried out when it is asked for.
    private static async Task StopAsync(Story story)
    {
        foreach (var service in story.Service.Services.GetServices<IHostedService>().Where(service => service is RetentionWorker or RetentionSweep))
        {
            await service.StopAsync(TestContext.Current.CancellationToken);
        }
    }

    private static Task<AssignmentRetention> DoneAsync(Side side, AssignmentRetention retention) =>
        Eventually.ReadAsync(() => side.Assignments.GetRetentionAsync(retention.Id), now => now.State != RetentionState.Running);

    private static NewAssignmentRetention Until(DateOnly termEnd) => new() { TermEnd = termEnd, Reason = KeepReason.ActivePromise };

    private static int Count(Story story, string rows) => Number(story.Service.Database, $"SELECT COUNT(*) FROM {rows}");

    private static int Number(TestDatabase database, string query) => int.Parse(database.Scalar(query)!, CultureInfo.InvariantCulture);
}
