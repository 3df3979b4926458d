using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.SettlementProposals;

/// <summary>The bank's two answers to a proposal: what each is asked alike.</summary>
public sealed class DecisionTests
{
    [Theory]
    [InlineData("approve")]
    [InlineData("reject")]
    public async Task To_the_other_bank_it_does_not_exist(string deed)
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000);

        await story.HidesAsync("settlement_proposal.not_found", proposal.Id, id => DoAsync(story.Summit, deed, id, "key"));
    }

    [Theory]
    [InlineData("approve", "approved")]
    [InlineData("reject", "rejected")]
    public async Task The_same_key_decides_once_and_the_agency_reads_the_reason(string deed, SettlementProposalState state)
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000);

        var decided = await story.ActsOnceAsync(key => DoAsync(story.Harbour, deed, proposal.Id, key));

        Assert.Equal((state, Deeds.Because.Reason, (DateTimeOffset?)TestDatabase.Start), (decided.State, decided.DecisionReason, decided.DecidedAt));
        Assert.EquivalentWithExclusions(decided, await story.Swift.SettlementProposals.GetAsync(proposal.Id), strict: true, "RawAnswer", "ETag");
        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
    }

    [Theory]
    [InlineData("approved", "settlement_proposal.is_approved")]
    [InlineData("rejected", "settlement_proposal.is_rejected")]
    [InlineData("completed", "settlement_proposal.is_completed")]
    [InlineData("expired", "settlement_proposal.is_expired")]
    [InlineData("lapsed", "settlement_proposal.is_expired")]
    public async Task What_its_state_does_not_allow_is_refused_and_leaves_no_trace(string state, string code)
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000, story.Today);
        switch (state)
        {
            case "rejected":
                await story.Harbour.SettlementProposals.RejectAsync(proposal.Id, Deeds.Because);
                break;
            case "expired":
                await story.PassAsync(2);
                break;
            default:
                await story.ApproveAsync(proposal);
                break;
        }

        if (state == "completed")
        {
            await story.PayAsync(50_000);
        }
        else if (state == "lapsed")
        {
            await story.PassAsync(2);
        }

        await story.RefusesAsync(409, code, () => DoAsync(story.Harbour, "approve", proposal.Id, "key"));
        await story.RefusesAsync(409, code, () => DoAsync(story.Harbour, "reject", proposal.Id, "key"));
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("reject")]
    public async Task An_approver_decides_and_nobody_else(string deed)
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000);

        foreach (var person in new[] { "analyst@harbour.example", "admin@harbour.example", "manager@swift.example" })
        {
            await story.RefusesAsync(403, "auth.missing_scope", () => DoAsync(new Side(story.Service.ForPerson(person)), deed, proposal.Id, "key"));
        }

        await story.RefusesAsync(403, "auth.missing_scope", () => DoAsync(story.Swift, deed, proposal.Id, "key"));
        await DoAsync(new Side(story.Service.ForPerson("approver@harbour.example")), deed, proposal.Id, "key");
    }

    [Fact]
    public async Task A_rejection_needs_a_reason()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(50_000);

        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.SettlementProposals.RejectAsync(proposal.Id, new RejectionReason { Reason = " " }, CallOptions.WithKey("key")));
    }

    private static Task<SettlementProposal> DoAsync(Side bank, string deed, Guid id, string key) => deed == "approve"
        ? bank.SettlementProposals.ApproveAsync(id, new SettlementProposalApproval { Reason = Deeds.Because.Reason }, CallOptions.WithKey(key))
        : bank.SettlementProposals.RejectAsync(id, Deeds.Because, CallOptions.WithKey(key));
}
