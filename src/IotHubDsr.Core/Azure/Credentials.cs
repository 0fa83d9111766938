using System.Net;
using System.Security;
using Azure.Core;
using Azure.Identity;

namespace IotHubDsr.Core.Azure;

/// <summary>Makes credentials by the names of their sources.</summary>
internal static class Credentials
{
    public static TokenCredential Create(AzureAccess access, CredentialSource source, string? tenantId, string? clientId) =>
        source switch
        {
            CredentialSource.AzurePowerShell => new AzurePowerShellCredential(
                Configure(access, new AzurePowerShellCredentialOptions { TenantId = tenantId })
            ),
            CredentialSource.AzureCli => new AzureCliCredential(Configure(access, new AzureCliCredentialOptions { TenantId = tenantId })),
            CredentialSource.ManagedIdentity => new ManagedIdentityCredential(
                Configure(
                    access,
                    new ManagedIdentityCredentialOptions(
                        clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId)
                    )
                )
            ),
            CredentialSource.Environment => new EnvironmentCredential(Configure(access, new EnvironmentCredentialOptions())),
            CredentialSource.WorkloadIdentity => new WorkloadIdentityCredential(
                Configure(access, new WorkloadIdentityCredentialOptions { TenantId = tenantId, ClientId = clientId })
            ),
            CredentialSource.DeviceCode => new DeviceCodeCredential(
                Configure(
                    access,
                    new DeviceCodeCredentialOptions
                    {
                        TenantId = tenantId,
                        DeviceCodeCallback = (code, _) =>
                        {
                            OperationNotices.Send(NoticeLevel.Warning, code.Message);
                            return Task.CompletedTask;
                        },
                    }
                )
            ),
            CredentialSource.Interactive => new InteractiveBrowserCredential(
                Configure(access, new InteractiveBrowserCredentialOptions { TenantId = tenantId })
            ),
            _ => new DefaultAzureCredential(
                Configure(
                    access,
                    new DefaultAzureCredentialOptions
                    {
                        TenantId = tenantId,
                        ManagedIdentityClientId = clientId,
                        ExcludeInteractiveBrowserCredential = true,
                    }
                )
            ),
        };

    /// <summary>The credential of an application with a secret, as a sandbox gives it.</summary>
    public static TokenCredential ForApplication(AzureAccess access, string tenantId, string clientId, SecureString secret) =>
        new ClientSecretCredential(
            tenantId,
            clientId,
            Reveal(secret),
            Configure(access, new ClientSecretCredentialOptions { DisableInstanceDiscovery = access.Cloud.DisableInstanceDiscovery })
        );

    /// <summary>The text of a secure string; what needs it cannot take anything else.</summary>
    public static string Reveal(SecureString secret) => new NetworkCredential(string.Empty, secret).Password;

    private static T Configure<T>(AzureAccess access, T options)
        where T : TokenCredentialOptions
    {
        options.AuthorityHost = access.Cloud.AuthorityHost;
        return access.Configure(options);
    }
}
