using System.Net;
using System.Net.Sockets;
using Agency.Api.Http;
using Agency.Api.Webhooks;

namespace Agency.Tests.Webhooks;

/// <summary>A subscriber names the address, so the service must not be made to call its own neighbours, however the address is written.</summary>
public sealed class AddressTests
{
    private static readonly WebhookSettings Public = new(AllowHttp: true, [], Background: false);

    public static TheoryData<string> NotPublic =>
    [
        // Loopback, in all its spellings.
        "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7F.1", "017700000001", "0177.0.0.1", "0177.1", "localhost", "LOCALHOST", "localhost.", "printer.localhost",
        "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:0001::1]",
        "１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①",

        // This host, and nobody.
        "0.0.0.0", "0", "0x0", "00.0.0.0", "[::]", "[0::0]", "[::ffff:0.0.0.0]",

        // Private networks and their mapped forms.
        "10.0.0.1", "10.1", "10.255.255.255", "0xa.0.0.1", "167772161", "012.0.0.1", "172.16.0.1", "172.31.255.255", "2886729729", "192.168.0.1", "192.168.1", "0xc0a80001", "[::ffff:192.168.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::10.0.0.1]", "[2002:c0a8:1::]",

        // Link-local, where clouds keep their secrets, and shared address space.
        "169.254.169.254", "169.254.1", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[fe80::1]", "[fe80::1%25eth0]", "[febf::1]", "100.64.0.1", "100.127.255.255",

        // Local IPv6, multicast, documentation, benchmarks, reserved.
        "[fc00::1]", "[fd12:3456:789a::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[2001::1]", "[100::1]", "[64:ff9b:1::1]", "[3fff::1]", "[5f00::1]",
        "[200::1]", "[201:7f00:1::1]", "[400::1]", "[1fff::1]", "[4000::1]", "[8000::1]", "[e000::1]", "[fbff::1]",
        "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    ];

    [Fact]
    public void There_are_at_least_sixty_forms() => Assert.True(NotPublic.Count >= 60, $"{NotPublic.Count}");

    [Theory]
    [MemberData(nameof(NotPublic))]
    public async Task What_is_not_public_is_never_called(string host)
    {
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        var url = $"http://{host}:{((IPEndPoint)trap.LocalEndpoint).Port}/hook";

        // Refused when it is written down, or when it comes to connecting: both are looked at, as the second stands alone where a name's meaning changes.
        var atOnce = Record.Exception(() => Public.RefuseUnlessAllowed(url)) is ProblemException;
        using var http = new WebhookHttp(Public);
        if (Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, address);
            var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(message, TestContext.Current.CancellationToken));
            Assert.True(
                refusal.InnerException is AddressRefusedException or SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }
                || refusal.HttpRequestError == HttpRequestError.NameResolutionError,
                $"{host}: {refusal}");
        }
        else
        {
            Assert.True(atOnce, $"{host} is no address, and was taken.");
        }

        Assert.False(trap.Pending());
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("192.167.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("64:ff9b::1.1.1.1")]
    [InlineData("2002:101:101::")]
    [InlineData("::ffff:1.1.1.1")]
    public void What_is_public_may_be_called(string address) => Assert.True(Address.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("ftp://example.com/")]
    [InlineData("http://example.com/")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("https://example.com/#part")]
    [InlineData("https://")]
    [InlineData("/hook")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://[::1]/")]
    public void An_address_that_could_never_be_called_is_refused_at_once(string url) =>
        Assert.Throws<ProblemException>(() => new WebhookSettings(AllowHttp: false, [], Background: false).RefuseUnlessAllowed(url));

    [Fact]
    public async Task A_name_that_cannot_be_looked_up_calls_nobody()
    {
        using var http = new WebhookHttp(Public);
        using var message = new HttpRequestMessage(HttpMethod.Post, "http://no-such-host.invalid/hook");
        await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(message, TestContext.Current.CancellationToken));
    }
}
