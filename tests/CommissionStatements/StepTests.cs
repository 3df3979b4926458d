using Agency.Sdk;
using Agency.Tests.Support;
using static Agency.Tests.CommissionStatements.StatementDeeds;

namespace Agency.Tests.CommissionStatements;

/// <summary>A statement from draft to lock: who takes which step, from which state, once.</summary>
public sealed class StepTests
{
    private static readonly string[] Steps = ["issuance", "dispute", "reissue", "agreement", "payment", "lock"];

    // How a statement comes into a state; the steps that are allowed from there, and where they lead.
    private static readonly Dictionary<string, (string[] Before, StatementState Shown, Dictionary<string, StatementState> Allowed)> Table = new(StringComparer.Ordinal)
    {
        ["draft"] = ([], StatementState.Draft, new(StringComparer.Ordinal) { ["issuance"] = StatementState.Issued }),
        ["issued"] = (["issuance"], StatementState.Issued, new(StringComparer.Ordinal) { ["dispute"] = StatementState.Disputed, ["agreement"] = StatementState.Agreed }),
        ["disputed"] = (["issuance", "dispute"], StatementState.Disputed, new(StringComparer.Ordinal) { ["reissue"] = StatementState.Reissued }),
        ["reissued"] = (["issuance", "dispute", "reissue"], StatementState.Reissued, new(StringComparer.Ordinal) { ["dispute"] = StatementState.Disputed, ["agreement"] = StatementState.Agreed }),
        ["agreed"] = (["issuance", "agreement"], StatementState.Agreed, new(StringComparer.Ordinal) { ["payment"] = StatementState.Paid }),
        ["paid"] = (["issuance", "agreement", "payment"], StatementState.Paid, new(StringComparer.Ordinal) { ["lock"] = StatementState.Locked }),
        ["locked"] = (["issuance", "agreement", "payment", "lock"], StatementState.Locked, new(StringComparer.Ordinal)),
    };

    public static TheoryData<string> States => [.. Table.Keys];

    public static TheoryData<string> Writes => [.. Steps];

    [Theory]
    [MemberData(nameof(States))]
    public async Task Each_step_is_taken_from_the_states_it_may_begin_in_and_refused_elsewhere_by_the_state_s_name(string state)
    {
        var (before, shown, allowed) = Table[state];
        foreach (var step in Steps)
        {
            var (story, draft) = await AtDraftAsync();
            await using var disposed = story;
            Assert.Equal(shown, (await story.DoAsync(draft.Id, before)).State);
            if (allowed.TryGetValue(step, out var next))
            {
                Assert.Equal(next, (await story.DoAsync(draft.Id, step)).State);
            }
            else
            {
                await story.RefusesAsync(409, $"statement.is_{state}", () => story.DoOnceAsync(draft.Id, step, "key"));
            }
        }
    }

    [Fact]
    public async Task A_statement_goes_from_draft_to_lock()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        Assert.Equal((StatementState.Draft, 0, 8_000), (draft.State, draft.Version, draft.Total.Amount));

        var issued = await story.DoAsync(draft.Id, "issuance");
        Assert.Equal((StatementState.Issued, 1, 8_000), (issued.State, issued.Version, issued.Total.Amount));
        story.GoTo(4, 2);
        var disputed = await story.DoAsync(draft.Id, "dispute");
        Assert.Equal((StatementState.Disputed, "Not as agreed", (DateTimeOffset?)story.Service.Clock.GetUtcNow()), (disputed.State, disputed.DisputeReason, disputed.DisputedAt));
        story.GoTo(4, 3);
        var reissued = await story.DoAsync(draft.Id, "reissue");
        Assert.Equal((StatementState.Reissued, 2, 8_000, -500, 7_500), (reissued.State, reissued.Version, reissued.Commission.Amount, reissued.Adjusted.Amount, reissued.Total.Amount));
        Assert.Equal(("Agreed by telephone", null), (reissued.Note, reissued.DisputedAt));
        var agreed = await story.DoAsync(draft.Id, "agreement");
        Assert.Equal((StatementState.Agreed, 7_500), (agreed.State, agreed.Total.Amount));
        story.GoTo(4, 4);
        var paid = await story.DoAsync(draft.Id, "payment");
        Assert.Equal((StatementState.Paid, "HB-2026-0001", story.Today), (paid.State, paid.PaymentReference, paid.PaidOn));
        var locked = await story.DoAsync(draft.Id, "lock");
        Assert.Equal((StatementState.Locked, (DateTimeOffset?)story.Service.Clock.GetUtcNow()), (locked.State, locked.LockedAt));

        Assert.EquivalentWithExclusions(locked, await story.Swift.Statements.GetAsync(draft.Id), strict: true, "RawAnswer", "ETag");
        Assert.Equal("statement.drafted statement.issued statement.disputed statement.reissued statement.agreed statement.paid statement.locked", story.EventsOf(draft.Id));
    }

    [Fact]
    public async Task Every_version_stays_with_its_adjustments_and_objections()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        await story.DoAsync(draft.Id, "issuance", "dispute", "reissue");
        await story.Harbour.Statements.DisputeAsync(draft.Id, Dispute(2, 1));
        await story.Swift.Statements.ReissueAsync(draft.Id, new StatementReissue { Note = "We stand by it" });

        var versions = (await story.Harbour.Statements.ListVersionsPageAsync(draft.Id)).Items;

        Assert.Equal([(1, 8_000), (2, 7_500), (3, 8_000)], versions.Select(v => (v.Version, v.Total.Amount)));
        Assert.Equal([0, 1, 0], versions.Select(v => v.Adjustments.Count));
        Assert.Equal((1, 1, -500, "Paid at the counter"), (versions[1].Adjustments[0].Number, versions[1].Adjustments[0].LineNumber, versions[1].Adjustments[0].Amount.Amount, versions[1].Adjustments[0].Reason));
        Assert.Equal([[1], [1, 2], []], versions.Select(v => v.Objections.Select(o => o.LineNumber).ToArray()));
        Assert.Equal("Line 2 was a direct payment", versions[1].Objections[1].Reason);
        Assert.EquivalentWithExclusions(versions, (await story.Swift.Statements.ListVersionsPageAsync(draft.Id)).Items, strict: true, "RawAnswer", "ETag");
        Assert.Equal(2, (await story.Swift.Statements.ListLinesPageAsync(draft.Id)).Items.Count);

        // Page by page.
        var pages = await story.Swift.Statements.ListVersionsAsync(draft.Id, pageSize: 1).ToListAsync();
        Assert.EquivalentWithExclusions(versions, pages, strict: true, "RawAnswer", "ETag");
        var lines = await story.Swift.Statements.ListLinesAsync(draft.Id, pageSize: 1).ToListAsync();
        Assert.Equal([1, 2], lines.Select(line => line.Number));
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task The_same_key_acts_once(string step)
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        await story.DoAsync(draft.Id, Before(step));

        await story.ActsOnceAsync(key => story.DoOnceAsync(draft.Id, step, key));
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task To_others_it_does_not_exist_and_the_other_side_may_not(string step)
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        await story.DoAsync(draft.Id, Before(step));
        var ofAgency = step is "issuance" or "reissue";
        var (outsider, other) = ofAgency ? (story.Lantern, story.Harbour) : (story.Summit, story.Swift);

        await story.HidesAsync("statement.not_found", draft.Id, id => DoAsync(outsider, id));
        await story.RefusesAsync(403, step is "agreement" or "lock" ? "auth.missing_scope" : "auth.wrong_tenant_kind", () => DoAsync(other, draft.Id));

        Task<Statement> DoAsync(Side side, Guid id) => step switch
        {
            "issuance" => side.Statements.IssueAsync(id, CallOptions.WithKey("key")),
            "dispute" => side.Statements.DisputeAsync(id, Dispute(1), CallOptions.WithKey("key")),
            "reissue" => side.Statements.ReissueAsync(id, Adjusted(-500), CallOptions.WithKey("key")),
            "agreement" => side.Statements.AgreeAsync(id, CallOptions.WithKey("key")),
            "payment" => side.Statements.PayAsync(id, Payment(story.Today), CallOptions.WithKey("key")),
            _ => side.Statements.LockAsync(id, CallOptions.WithKey("key")),
        };
    }

    [Fact]
    public async Task Who_confirms_money_and_pays_does_not_agree_and_who_agrees_does_not_pay()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        var (analyst, approver) = (new Side(story.Service.ForPerson("analyst@harbour.example")), new Side(story.Service.ForPerson("approver@harbour.example")));
        await story.DoAsync(draft.Id, "issuance");

        await story.RefusesAsync(403, "auth.missing_scope", () => analyst.Statements.AgreeAsync(draft.Id));
        await approver.Statements.AgreeAsync(draft.Id);
        await story.RefusesAsync(403, "auth.missing_scope", () => approver.Statements.PayAsync(draft.Id, Payment(story.Today)));
        Assert.Equal(StatementState.Paid, (await analyst.Statements.PayAsync(draft.Id, Payment(story.Today))).State);
    }

    [Fact]
    public async Task Of_two_answers_at_once_one_is_taken()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        await story.DoAsync(draft.Id, "issuance");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => OutcomeAsync(() => story.DoAsync(draft.Id, n % 2 == 0 ? "agreement" : "dispute"))));

        Assert.Single(outcomes, outcome => outcome is "agreed" or "disputed");
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_statement_decision"));

        static async Task<string> OutcomeAsync(Func<Task<Statement>> step)
        {
            try
            {
                return (await step()).State.ToString();
            }
            catch (AgencyException refusal)
            {
                return refusal.Code;
            }
        }
    }

    [Fact]
    public async Task What_can_not_be_right_is_refused_and_leaves_no_trace()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        var id = draft.Id;
        await story.DoAsync(id, "issuance");
        await story.RefusesAsync(422, "statement.line_unknown", () => story.Harbour.Statements.DisputeAsync(id, Dispute(3), CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Statements.DisputeAsync(id, Dispute(0), CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Statements.DisputeAsync(id, Dispute(1, 1), CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Statements.DisputeAsync(id, new StatementDispute { Reason = " " }, CallOptions.WithKey("key")));
        await story.DoAsync(id, "dispute");
        await story.RefusesAsync(422, "statement.line_unknown", () => story.Swift.Statements.ReissueAsync(id, Adjusted(-1, 3), CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Statements.ReissueAsync(id, Adjusted(0), CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Statements.ReissueAsync(id, Adjusted(-1, 0), CallOptions.WithKey("key")));
        var foreign = Adjusted(-1);
        foreign.Adjustments![0].Amount.Currency = "USD";
        await story.RefusesAsync(422, "statement.wrong_currency", () => story.Swift.Statements.ReissueAsync(id, foreign, CallOptions.WithKey("key")));
        await story.DoAsync(id, "reissue", "agreement");
        await story.RefusesAsync(422, "statement.paid_in_future", () => story.Harbour.Statements.PayAsync(id, Payment(story.Today.AddDays(1)), CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Statements.PayAsync(id, new StatementPayment { Reference = "", PaidOn = story.Today }, CallOptions.WithKey("key")));
        Assert.Equal(StatementState.Agreed, (await story.StatementAsync(3)).State);
    }

    [Fact]
    public async Task Money_of_a_locked_statement_is_settled_and_its_reversal_is_the_next_one_s()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        var ids = (await story.LinesAsync(draft)).ConvertAll(line => line.RepaymentId!.Value);
        var place = (await story.Swift.Repayments.ListPageAsync(changedAfter: "start")).ChangedAfter;
        await story.DoAsync(draft.Id, "issuance", "agreement", "payment");
        Assert.Equal(RepaymentState.Confirmed, (await story.Swift.Repayments.GetAsync(ids[0])).State);

        await story.DoAsync(draft.Id, "lock");

        Assert.All((await story.Harbour.Repayments.ListPageAsync()).Items, repayment => Assert.Equal(RepaymentState.Settled, repayment.State));
        Assert.Equal(ids, (await story.Swift.Repayments.ListPageAsync(changedAfter: place)).Items.Select(repayment => repayment.Id));
        Assert.Equal(RepaymentState.Settled, (await story.Swift.Repayments.GetAsync(ids[0])).State);
        await story.RefusesAsync(409, "repayment.is_settled", () => story.Harbour.Repayments.ConfirmAsync(ids[0], new RepaymentConfirmation(), CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "repayment.is_settled", () => story.Harbour.Repayments.RejectAsync(ids[0], Deeds.Because, CallOptions.WithKey("key")));

        Assert.Equal(RepaymentState.Reversed, (await story.Harbour.Repayments.ReverseAsync(ids[0], Deeds.Because)).State);
        await story.EndMonthAsync();
        Assert.Equal((StatementState.Locked, 8_000), ((await story.StatementAsync(3)).State, (await story.StatementAsync(3)).Total.Amount));
        Assert.Equal([(-20_000, -2_000)], await story.FeesAsync(4));
        Assert.Equal((draft.Id, 1), ((await story.LinesAsync(await story.StatementAsync(4)))[0].Original!.StatementId, (await story.LinesAsync(await story.StatementAsync(4)))[0].Original!.Number));
    }

    [Fact]
    public async Task Both_sides_follow_statements_along()
    {
        var (story, draft) = await AtDraftAsync();
        await using var disposed = story;
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            var first = await side.Statements.ListPageAsync(changedAfter: "start");
            Assert.Equal([draft.Id], first.Items.Select(s => s.Id));
            Assert.Empty((await side.Statements.ListPageAsync(changedAfter: first.ChangedAfter)).Items);
        }

        var place = (await story.Harbour.Statements.ListPageAsync(changedAfter: "start")).ChangedAfter;
        await story.DoAsync(draft.Id, "issuance", "dispute");
        Assert.Equal([StatementState.Disputed], (await story.Harbour.Statements.ListPageAsync(changedAfter: place)).Items.Select(s => s.State));
        Assert.Empty((await story.Lantern.Statements.ListPageAsync(changedAfter: "start")).Items);
    }

    private static string[] Before(string step) => step switch
    {
        "issuance" => [],
        "dispute" or "agreement" => ["issuance"],
        "reissue" => ["issuance", "dispute"],
        "payment" => ["issuance", "agreement"],
        _ => ["issuance", "agreement", "payment"],
    };
}
