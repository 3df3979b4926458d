using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Assignments;

/// <summary>How a bank ends an assignment: voided, recalled, closed.</summary>
public sealed class EndTests
{
    private static readonly AssignmentRecall Breach = new() { Reason = RecallReason.Breach };

    [Fact]
    public async Task A_voided_assignment_gives_its_accounts_back_and_hides_its_cases()
    {
        await using var story = await Story.AtCasesAsync();

        var voided = await story.Harbour.Assignments.VoidAsync(story.Assignment.Id);

        Assert.Equal((AssignmentState.Voided, "placed_in_error", TestDatabase.Start), (voided.State, voided.EndReason, voided.EndedAt));
        Assert.Equal(AssignmentState.Voided, (await story.Swift.Assignments.GetAsync(story.Assignment.Id)).State);
        Assert.Empty(await story.Swift.AllCasesAsync());
        Assert.All(await story.Harbour.AllCasesAsync(), c => Assert.Equal((CaseState.Recalled, "placed_in_error", AccountState.Eligible), (c.State, c.EndReason, c.Account.State)));
        Assert.Equal((3, 1, 1), (story.Events("case.ended"), story.Events("assignment.voided"), story.Events("assignment.released")));
        Assert.Equal(3, (await story.Harbour.Assignments.CreateAsync(story.WholePortfolio())).Accounts);
    }

    [Fact]
    public async Task An_offer_can_be_withdrawn_before_and_after_the_answer()
    {
        await using var story = await Story.AtAssignmentAsync();
        await story.Harbour.Assignments.VoidAsync(story.Assignment.Id);
        await story.RefusesAsync(409, "assignment.is_voided", () => story.Swift.Assignments.AcknowledgeAsync(story.Assignment.Id, CallOptions.WithKey("key")));

        var later = story.WholePortfolio();
        later.TermStart = story.Today.AddDays(1);
        var acknowledged = await story.Harbour.Assignments.CreateAsync(later);
        await story.Swift.Assignments.AcknowledgeAsync(acknowledged.Id);
        await story.Harbour.Assignments.VoidAsync(acknowledged.Id);

        Assert.Equal(3, (await story.Harbour.Assignments.CreateAsync(story.WholePortfolio())).Accounts);
        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Empty(await story.Swift.AllCasesAsync());
    }

    [Fact]
    public async Task A_recalled_assignment_ends_every_case_and_the_agency_sees_none()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.ContactRecords.CreateAsync(story.Case.Id, story.Call());

        var recalled = await story.Harbour.Assignments.RecallAsync(story.Assignment.Id, Breach);

        Assert.Equal((AssignmentState.Recalled, "breach"), (recalled.State, recalled.EndReason));
        await HidesEverythingAsync(story);
        Assert.All(await story.Harbour.AllCasesAsync(), c => Assert.Equal((CaseState.Recalled, "breach", AccountState.Eligible), (c.State, c.EndReason, c.Account.State)));
        Assert.Equal((3, 1), (story.Events("case.ended"), story.Events("assignment.recalled")));
    }

    [Fact]
    public async Task What_was_sold_is_resolved_and_what_was_paid_stays_so()
    {
        await using var story = await Story.AtCasesAsync();
        await story.ConfirmAsync(await story.ReportAsync(105_500));

        await story.Harbour.Assignments.RecallAsync(story.Assignment.Id, new AssignmentRecall { Reason = RecallReason.Sold });

        var accounts = (await story.Harbour.AllAccountsAsync()).ToDictionary(account => account.AccountNumber, account => account.Resolution, StringComparer.Ordinal);
        Assert.Equal([Resolution.PaidInFull, Resolution.Sold, Resolution.Sold], new[] { "A-1", "A-2", "A-3" }.Select(number => accounts[number]!.Value));
        Assert.Equal(CaseState.Closed, (await story.Harbour.Cases.GetAsync(story.Case.Id)).State);
    }

    [Fact]
    public async Task With_the_answer_every_case_of_a_large_assignment_is_gone_while_they_still_end()
    {
        await using var story = await Story.AtAccountsAsync(2_500);
        var id = (await story.Harbour.Assignments.CreateAsync(story.WholePortfolio())).Id;
        await story.Harbour.WaitForAsync(AssignmentState.Submitted, id);
        await story.Swift.Assignments.AcknowledgeAsync(id);
        await story.Swift.WaitForAsync(AssignmentState.Active, id);
        var cases = await story.Swift.AllCasesAsync();

        await story.Harbour.Assignments.RecallAsync(id, Breach);

        await using (await story.HoldTheWriterAsync())
        {
            // Held up in the middle: some cases have not ended, and still none is seen.
            Assert.NotEqual("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_case WHERE ended_at IS NULL"));
            Assert.Empty(await story.Swift.AllCasesAsync());
            Assert.Empty(await story.Swift.AllAccountsAsync());

            // At once: each waits a while for its entry in the audit log.
            var refused = await Task.WhenAll(cases.Where((_, i) => i % 100 == 0).Append(cases[^1]).Select(@case => Assert.ThrowsAnyAsync<AgencyException>(() => story.Swift.Cases.GetAsync(@case.Id))));
            Assert.All(refused, refusal => Assert.Equal(404, refusal.StatusCode));
        }

        await Eventually.SeeAsync(() => story.Events("assignment.released") > 0);

        Assert.Equal(2_500, story.Events("case.ended"));
        Assert.All(await story.Harbour.AllAccountsAsync(), account => Assert.Equal(AccountState.Eligible, account.State));
    }

    [Fact]
    public async Task An_assignment_is_closed_once_all_its_cases_have_ended()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RefusesAsync(409, "assignment.has_open_cases", () => story.Harbour.Assignments.CloseAsync(story.Assignment.Id, CallOptions.WithKey("key")));
        foreach (var @case in story.Cases.Values)
        {
            await story.RecallAsync(@case);
        }

        var closed = await story.ActsOnceAsync(key => story.Harbour.Assignments.CloseAsync(story.Assignment.Id, CallOptions.WithKey(key)));

        Assert.Equal((AssignmentState.Closed, TestDatabase.Start, (string?)null), (closed.State, closed.EndedAt, closed.EndReason));
        Assert.Equal(1, story.Events("assignment.closed"));
    }

    [Fact]
    public async Task To_the_other_bank_it_does_not_exist()
    {
        await using var story = await Story.AtCasesAsync();

        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Summit.Assignments.VoidAsync(id, CallOptions.WithKey("key")));
        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Summit.Assignments.RecallAsync(id, Breach, CallOptions.WithKey("key")));
        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Summit.Assignments.CloseAsync(id, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task The_same_key_ends_it_once()
    {
        await using var story = await Story.AtAccountsAsync();
        var (first, second) = ((await story.AssignAsync(1, 1)).Id, (await story.AssignAsync(2, 3)).Id);

        await story.ActsOnceAsync(key => story.Harbour.Assignments.VoidAsync(first, CallOptions.WithKey(key)));
        await story.ActsOnceAsync(key => story.Harbour.Assignments.RecallAsync(second, Breach, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtAccountsAsync(4);
        var (contacted, rejected, offered) = ((await story.AssignAsync(1, 1)).Id, (await story.AssignAsync(2, 2, acknowledge: false)).Id, (await story.AssignAsync(3, 3, acknowledge: false)).Id);
        await story.Swift.Assignments.RejectAsync(rejected, Deeds.Because);
        await story.Swift.ContactRecords.CreateAsync((await story.Swift.AllCasesAsync(contacted))[0].Id, story.Call());
        var bank = story.Harbour.Assignments;

        await story.RefusesAsync(409, "assignment.has_contact_records", () => bank.VoidAsync(contacted, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.is_rejected", () => bank.VoidAsync(rejected, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.is_rejected", () => bank.RecallAsync(rejected, Breach, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.is_submitted", () => bank.RecallAsync(offered, Breach, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.is_submitted", () => bank.CloseAsync(offered, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Assignments.VoidAsync(contacted, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Assignments.RecallAsync(contacted, Breach, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Assignments.CloseAsync(contacted, CallOptions.WithKey("key")));
        await bank.RecallAsync(contacted, Breach);
        await story.RefusesAsync(409, "assignment.is_recalled", () => bank.RecallAsync(contacted, Breach, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.is_recalled", () => bank.CloseAsync(contacted, CallOptions.WithKey("key")));
    }

    private static async Task HidesEverythingAsync(Story story)
    {
        Assert.Empty(await story.Swift.AllCasesAsync());
        Assert.Empty(await story.Swift.AllAccountsAsync());
        foreach (var @case in story.Cases.Values)
        {
            await story.HidesAsync("case.not_found", @case.Id, id => story.Swift.Cases.GetAsync(id));
        }
    }
}
