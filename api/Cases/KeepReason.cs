namespace Agency.Api.Cases;

/// <summary>Why an agency asks to keep a case: it objects to a recall, or to the end of the term.</summary>
public enum KeepReason
{
    ActivePromise,
    PlanInForce,
    PaymentPending,
    LegalInProgress,
}
