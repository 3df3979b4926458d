using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Cases;

/// <summary>The bank's deeds on a case: taking it back, answering what the agency asks, stopping the work and letting it go on.</summary>
public sealed partial class GetModel
{
    public async Task<IActionResult> OnPostRecallAsync(string reason, DateOnly? on, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Cases.RecallAsync(Id, new CaseRecall { Reason = reason, On = on }, options, cancellation)), "case.recalled_now", cancellation);

    public async Task<IActionResult> OnPostWithdrawRecallAsync(DateOnly? termEnd, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Cases.WithdrawRecallAsync(Id, new RecallWithdrawal { TermEnd = termEnd }, options, cancellation)), "case.recall_withdrawn_now", cancellation);

    public async Task<IActionResult> OnPostAnswerAsync(string answer, DateOnly? day, string? reason, CancellationToken cancellation)
    {
        Case = await agency.Cases.GetAsync(Id, cancellationToken: cancellation);
        var refusal = new RejectionReason { Reason = reason ?? "" };
        var isAccepted = answer == "accept";
        return await AfterAsync(
            await TryAsync(options => Case.OpenMotion?.Kind.Value switch
            {
                "recall_objection" when isAccepted => agency.Cases.AcceptObjectionAsync(Id, new ObjectionAcceptance { RecallOn = day ?? default }, options, cancellation),
                "recall_objection" => agency.Cases.RefuseObjectionAsync(Id, refusal, options, cancellation),
                "return" when isAccepted => agency.Cases.AcceptReturnAsync(Id, options, cancellation),
                "return" => agency.Cases.RefuseReturnAsync(Id, refusal, options, cancellation),
                _ when isAccepted => agency.Cases.GrantRetentionAsync(Id, new RetentionGrant { TermEnd = day }, options, cancellation),
                _ => agency.Cases.RefuseRetentionAsync(Id, refusal, options, cancellation),
            }),
            "case.answered_now",
            cancellation);
    }

    public async Task<IActionResult> OnPostCloseAsync(string resolution, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Cases.CloseAsync(Id, new CaseClosure { Resolution = resolution }, options, cancellation)), "case.closed_now", cancellation);

    public async Task<IActionResult> OnPostLiftAsync(Guid hold, string? reason, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Holds.LiftAsync(hold, new HoldLift { Reason = reason.OrNull() ?? "" }, options, cancellation)), "hold.lifted_now", cancellation);
}
