using System.Reflection;
using System.Runtime.InteropServices;

namespace Agency.Sdk;

internal static class UserAgent
{
    public static string Version { get; } =
        typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Such as <c>Agency.Sdk/1.2.0 (.NET 10.0.1) nightly-sync</c>.</summary>
    public static string Of(string? application) =>
        $"Agency.Sdk/{Version} ({RuntimeInformation.FrameworkDescription}){(string.IsNullOrWhiteSpace(application) ? "" : " " + application)}";
}
