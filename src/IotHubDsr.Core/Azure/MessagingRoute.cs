using System.Net.Security;

namespace IotHubDsr.Core.Azure;

/// <summary>A way to messaging namespaces that their names do not show.</summary>
/// <param name="Address">Where connections are opened to, as <c>sb://host:port</c>.</param>
/// <param name="Trust">Makes the check of the certificate that a namespace, by its host name, must present.</param>
internal sealed record MessagingRoute(Uri Address, Func<string, RemoteCertificateValidationCallback> Trust);
