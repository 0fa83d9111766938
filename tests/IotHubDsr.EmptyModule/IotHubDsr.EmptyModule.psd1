@{
    NestedModules     = @('IotHubDsr.EmptyModule.dll')
    ModuleVersion     = '0.1.0'
    GUID              = 'd3d1a3c0-8f0e-4d55-9d0c-1f3f8f6f7a10'
    PowerShellVersion = '7.4'
    FunctionsToExport = @()
    CmdletsToExport   = @('Get-Nothing')
    VariablesToExport = @()
    AliasesToExport   = @()
}
