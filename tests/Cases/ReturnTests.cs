using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

/// <summary>An agency gives a case back, or a bank closes it.</summary>
public sealed class ReturnTests
{
    [Fact]
    public async Task An_accepted_return_ends_the_case_by_its_code_and_frees_the_account()
    {
        await using var story = await Story.AtCasesAsync();
        var lantern = await story.Harbour.MandateAsync("lantern");
        var asked = await story.DoAsync("return", story.Case.Id);
        Assert.Equal((CaseState.ReturnRequested, MotionKind.Return, "unlocated"), (asked.State, asked.OpenMotion!.Kind, asked.OpenMotion!.Reason));

        var returned = await story.DoAsync("return_acceptance", story.Case.Id);

        Assert.Equal((CaseState.Returned, "unlocated", AccountState.Eligible), (returned.State, returned.EndReason, returned.Account.State));
        Assert.Null(returned.OpenMotion);
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.ListMotionsPageAsync(id));
        Assert.Equal("Moved twice", Assert.Single((await story.Harbour.Cases.ListMotionsPageAsync(story.Case.Id)).Items).Note);
        var next = Assert.Single(await story.HandToAsync(story.Lantern, lantern));
        Assert.Equal(story.Case.Account.Id, next.Account.Id);
        Assert.Empty((await story.Lantern.Cases.ListMotionsPageAsync(next.Id)).Items);
    }

    [Fact]
    public async Task A_refused_return_leaves_the_case_active_and_may_be_asked_again()
    {
        await using var story = await Story.AtCasesAsync();

        var active = await story.DoAllAsync(story.Case.Id, "return", "return_refusal");

        Assert.Equal(CaseState.Active, active.State);
        Assert.Equal(Deeds.Because.Reason, Assert.Single((await story.Swift.Cases.ListMotionsPageAsync(story.Case.Id)).Items).AnswerReason);
        Assert.Equal(CaseState.Returned, (await story.DoAllAsync(story.Case.Id, "return", "return_acceptance")).State);
        Assert.Equal("case.opened case.return_requested case.return_refused case.return_requested case.ended", story.EventsOf(story.Case.Id));
    }

    [Theory]
    [InlineData("return")]
    [InlineData("retention")]
    [InlineData("notice", "objection")]
    public async Task A_recall_at_once_ends_the_case_whatever_the_agency_asks(params string[] before)
    {
        await using var story = await Story.AtCasesAsync();
        await story.DoAllAsync(story.Case.Id, before);

        var recalled = await story.DoAsync("recall", story.Case.Id);

        Assert.Equal((CaseState.Recalled, "complaint"), (recalled.State, recalled.EndReason));
        Assert.Null(recalled.OpenMotion);
        Assert.Null(recalled.RecallOn);
        await story.PassAsync(10);
        Assert.Equal("complaint", (await story.ReadAsync(story.Case)).EndReason);
    }

    [Theory]
    [InlineData("written_off")]
    [InlineData("uncollectible")]
    [InlineData("settled_in_full")]
    [InlineData("plan_completed")]
    public async Task A_closure_resolves_the_account_and_leaves_the_ledger_alone(Resolution resolution)
    {
        await using var story = await Story.AtCasesAsync();

        var closed = await story.Harbour.Cases.CloseAsync(story.Case.Id, new CaseClosure { Resolution = resolution });

        Assert.Equal((CaseState.Closed, CaseDeeds.Word(resolution), AccountState.Resolved, resolution), (closed.State, closed.EndReason, closed.Account.State, closed.Account.Resolution));
        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.GetAsync(id));
        await story.RefusesAsync(409, "assignment.no_eligible_accounts", () => story.Harbour.Assignments.CreateAsync(story.WholePortfolio()));
    }

    [Fact]
    public async Task A_case_with_a_balance_is_not_closed_as_paid_in_full()
    {
        await using var story = await Story.AtCasesAsync();

        await story.RefusesAsync(409, "case.balance_left", () => story.Harbour.Cases.CloseAsync(story.Case.Id, new CaseClosure { Resolution = Resolution.PaidInFull }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task People_do_what_their_role_may()
    {
        await using var story = await Story.AtCasesAsync();
        var analyst = new Side(story.Service.ForPerson("analyst@harbour.example"));
        var manager = new Side(story.Service.ForPerson("manager@swift.example"));
        foreach (var person in new[] { "approver@harbour.example", "admin@harbour.example", "collector@swift.example" })
        {
            var side = new Side(story.Service.ForPerson(person));
            foreach (var verb in CaseDeeds.OfBank.Concat(CaseDeeds.OfAgency))
            {
                await story.RefusesAsync(403, "auth.missing_scope", () => story.DoAsync(verb, story.Case.Id, side, "key"));
            }
        }

        await story.DoAsync("return", story.Case.Id, manager);
        Assert.Equal(CaseState.Returned, (await story.DoAsync("return_acceptance", story.Case.Id, analyst)).State);
        Assert.Equal("1|1", story.Service.Database.Scalar("SELECT (SELECT COUNT(*) FROM base_case_motion WHERE person_id IS NOT NULL) || '|' || (SELECT COUNT(*) FROM base_case_motion_answer WHERE person_id IS NOT NULL)"));
    }
}
