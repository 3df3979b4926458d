using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Teams;

public sealed class EvenSplitTests
{
    [Fact]
    public async Task An_assignment_s_cases_are_split_over_the_collectors_of_the_teams_that_say_so()
    {
        await using var story = await Story.AtAssignmentAsync(10);
        var one = await story.Swift.PersonAsync("collector");
        var two = await story.Service.HireAsync("swift", "two@swift.example", "collector");
        var three = await story.Service.HireAsync("swift", "three@swift.example", "collector");
        var idle = await story.Service.HireAsync("swift", "idle@swift.example", "collector");
        var north = await story.Swift.TeamAsync("North", true, one, two, await story.Swift.PersonAsync("supervisor"));
        var south = await story.Swift.TeamAsync("South", true, three);
        await story.Swift.TeamAsync("Idle", false, idle);

        await story.Swift.Assignments.AcknowledgeAsync(story.Assignment.Id);

        var cases = await story.Swift.AllCasesAsync();
        Assert.Equal([3, 3, 4], cases.GroupBy(@case => @case.CollectorId).Select(group => group.Count()).Order());
        Assert.Equal(new HashSet<Guid?> { one, two, three }, [.. cases.Select(@case => @case.CollectorId)]);
        Assert.All(cases, @case => Assert.Equal(@case.CollectorId == three ? south.Id : north.Id, @case.TeamId));
        Assert.Equal("10", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'case.distributed' AND subject_id = case_id"));
        Assert.Equal("10", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'case.distributed' AND person_id IS NULL"));
    }

    [Fact]
    public async Task A_team_that_begins_to_split_gets_what_nobody_has_had()
    {
        await using var story = await Story.AtCasesAsync(5);
        var (one, two) = (await story.Swift.PersonAsync("collector"), await story.Service.HireAsync("swift", "two@swift.example", "collector"));
        await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector { PersonId = one });
        await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector());
        var team = await story.Swift.TeamAsync("North", false, one, two);
        Assert.All(await story.Swift.AllCasesAsync(), @case => Assert.Null(@case.CollectorId));

        await story.Swift.Teams.UpdateAsync(team.Id, ETag.Any, new TeamChange { SplitsEvenly = true });

        var cases = await story.Swift.AllCasesAsync();
        Assert.Equal([2, 2], cases.Where(@case => @case.Id != story.Case.Id).GroupBy(@case => @case.CollectorId).Select(group => group.Count()));
        Assert.Null(cases.Single(@case => @case.Id == story.Case.Id).CollectorId);
    }

    [Fact]
    public async Task More_than_a_batch_of_cases_is_split_as_evenly()
    {
        await using var story = await Story.AtAccountsAsync(1);
        var rows = Enumerable.Range(2, 2149).Select(n => $"A-{n},AD-{n},Example Debtor,1000,2026-01-01");
        await story.Harbour.ImportAsync(story.Portfolio.Id, "account_number,debtor_reference,debtor_name,principal,oldest_due_date\n" + string.Join('\n', rows), story.Today);
        var assignment = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());
        var one = await story.Swift.PersonAsync("collector");
        var two = await story.Service.HireAsync("swift", "two@swift.example", "collector");
        var three = await story.Service.HireAsync("swift", "three@swift.example", "collector");
        await story.Swift.TeamAsync("North", true, one, two, three);

        assignment = await story.Harbour.WaitForAsync(AssignmentState.Submitted, assignment.Id);
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);
        await story.Harbour.WaitForAsync(AssignmentState.Active, assignment.Id);
        await Eventually.SeeAsync(() => story.Service.Database.Scalar("SELECT COUNT(*) FROM base_case_desk") == "2150");

        Assert.Equal("716,717,717", story.Service.Database.Scalar("SELECT group_concat(n) FROM (SELECT COUNT(*) AS n FROM base_case_desk GROUP BY collector_id ORDER BY n)"));
    }

    [Fact]
    public async Task What_was_lost_after_the_activation_is_dealt_out_by_the_sweep()
    {
        await using var story = await Story.AtCasesAsync(4);
        var team = await story.Swift.TeamAsync("North", true, await story.Swift.PersonAsync("collector"));
        using (var raw = story.Service.Database.OpenRaw())
        using (var command = raw.CreateCommand())
        {
            command.CommandText = "DELETE FROM base_case_desk";
            Assert.Equal(4, command.ExecuteNonQuery());
        }

        await using var again = await TestService.StartAsync(database: story.Service.Database, clock: story.Service.Clock);

        await Eventually.SeeAsync(() => again.Database.Scalar("SELECT COUNT(*) FROM base_case_desk") == "4");

        Assert.All(await story.Swift.AllCasesAsync(), @case => Assert.Equal(team.Id, @case.TeamId));
    }
}
