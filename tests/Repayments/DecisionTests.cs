using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

/// <summary>The bank's three decisions on a repayment: what each is asked alike.</summary>
public sealed class DecisionTests
{
    [Theory]
    [InlineData("confirm")]
    [InlineData("reject")]
    [InlineData("reverse")]
    public async Task To_the_other_bank_it_does_not_exist(string deed)
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await AtAsync(story, deed == "reverse" ? "confirmed" : "reported");

        await story.HidesAsync("repayment.not_found", repayment.Id, id => DoAsync(story.Summit, deed, id, "key"));
    }

    [Theory]
    [InlineData("confirm", "confirmed")]
    [InlineData("reject", "rejected")]
    [InlineData("reverse", "reversed")]
    public async Task The_same_key_decides_once(string deed, RepaymentState state)
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await AtAsync(story, deed == "reverse" ? "confirmed" : "reported");

        var decided = await story.ActsOnceAsync(key => DoAsync(story.Harbour, deed, repayment.Id, key));

        Assert.Equal((state, (DateTimeOffset?)TestDatabase.Start), (decided.State, decided.DecidedAt));
    }

    [Theory]
    [InlineData("reported", "reverse", "repayment.is_reported")]
    [InlineData("confirmed", "confirm", "repayment.is_confirmed")]
    [InlineData("confirmed", "reject", "repayment.is_confirmed")]
    [InlineData("rejected", "confirm", "repayment.is_rejected")]
    [InlineData("rejected", "reject", "repayment.is_rejected")]
    [InlineData("rejected", "reverse", "repayment.is_rejected")]
    [InlineData("reversed", "confirm", "repayment.is_reversed")]
    [InlineData("reversed", "reject", "repayment.is_reversed")]
    [InlineData("reversed", "reverse", "repayment.is_reversed")]
    public async Task What_its_state_does_not_allow_is_refused_and_leaves_no_trace(string state, string deed, string code)
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await AtAsync(story, state);

        await story.RefusesAsync(409, code, () => DoAsync(story.Harbour, deed, repayment.Id, "key"));
    }

    [Theory]
    [InlineData("confirm")]
    [InlineData("reject")]
    [InlineData("reverse")]
    public async Task No_agency_and_no_approver_decides(string deed)
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await AtAsync(story, deed == "reverse" ? "confirmed" : "reported");
        var analyst = new Side(story.Service.ForPerson("analyst@harbour.example"));

        foreach (var person in new[] { "approver@harbour.example", "admin@harbour.example", "manager@swift.example" })
        {
            await story.RefusesAsync(403, "auth.missing_scope", () => DoAsync(new Side(story.Service.ForPerson(person)), deed, repayment.Id, "key"));
        }

        await story.RefusesAsync(403, "auth.missing_scope", () => DoAsync(story.Swift, deed, repayment.Id, "key"));
        await DoAsync(analyst, deed, repayment.Id, "key");
    }

    [Fact]
    public async Task A_reason_is_needed_and_the_agency_reads_it()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.ReportAsync(100);
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Repayments.RejectAsync(repayment.Id, new RejectionReason { Reason = "" }, CallOptions.WithKey("key")));

        await story.Harbour.Repayments.RejectAsync(repayment.Id, Deeds.Because);

        var read = await story.Swift.Repayments.GetAsync(repayment.Id);
        Assert.Equal((RepaymentState.Rejected, Deeds.Because.Reason), (read.State, read.Reason));
        Assert.Equal((500L, 5_000L, 100_000L), await story.OwedAsync());
    }

    private static async Task<Repayment> AtAsync(Story story, string state)
    {
        var repayment = await story.ReportAsync(60_000);
        return state switch
        {
            "confirmed" => await story.ConfirmAsync(repayment),
            "rejected" => await story.Harbour.Repayments.RejectAsync(repayment.Id, Deeds.Because),
            "reversed" => await story.ReverseAsync(await story.ConfirmAsync(repayment)),
            _ => repayment,
        };
    }

    private static Task<Repayment> DoAsync(Side bank, string deed, Guid id, string key) => deed switch
    {
        "confirm" => bank.Repayments.ConfirmAsync(id, new RepaymentConfirmation(), CallOptions.WithKey(key)),
        "reject" => bank.Repayments.RejectAsync(id, Deeds.Because, CallOptions.WithKey(key)),
        _ => bank.Repayments.ReverseAsync(id, Deeds.Because, CallOptions.WithKey(key)),
    };
}
