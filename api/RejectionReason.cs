using FluentValidation;

namespace Agency.Api;

/// <summary>Why something is turned down.</summary>
/// <param name="Reason">For the other side to read; 1 to 400 characters, no debtor's private data.</param>
public sealed record RejectionReason(string Reason)
{
    private sealed class Rules : AbstractValidator<RejectionReason>
    {
        public Rules() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
    }
}
