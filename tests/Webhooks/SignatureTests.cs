using Agency.Api.Webhooks;

namespace Agency.Tests.Webhooks;

public sealed class SignatureTests
{
    // Computed apart from the code with: printf '%s' "$id.$timestamp.$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
    private const string Secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Id = "0197f0e0-0000-7000-8000-000000000001";
    private const string Body = """{"type":"case.ended"}""";
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_772_442_000);

    [Fact]
    public void A_message_is_signed_as_the_specification_says() => Assert.Equal("v1,LiHV2ov0IlDjsgnNSOKCgKfdPTFH5EEAIxeszBcG+Og=", Signature.Of([Secret], Id, At, Body));

    [Fact]
    public void Each_secret_in_force_signs() => Assert.Equal(2, Signature.Of([Signature.NewSecret(), Secret], Id, At, Body).Split(' ').Length);

    [Fact]
    public void A_secret_has_256_bits() => Assert.Equal(32, Convert.FromBase64String(Signature.NewSecret()["whsec_".Length..]).Length);
}
