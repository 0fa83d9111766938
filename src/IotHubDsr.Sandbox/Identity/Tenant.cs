namespace IotHubDsr.Sandbox.Identity;

/// <summary>The Entra tenant of the world and its one application.</summary>
internal sealed record Tenant(string TenantId, string ClientId, string ClientSecret);
