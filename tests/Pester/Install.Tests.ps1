#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../IotHubDsr.psd1') -Force
}

Describe 'Import' {
    It 'exports its commands and nothing else' {
        $module = Get-Module IotHubDsr
        $module.ExportedCmdlets.Count | Should -Be 23
        $module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count | Should -Be 0
    }

    It 'has help with three examples for each command' {
        foreach ($command in Get-Command -Module IotHubDsr) {
            $help = Get-Help $command.Name -Full
            $help.Synopsis | Should -Not -BeNullOrEmpty
            @($help.examples.example).Count | Should -BeGreaterOrEqual 3
        }
    }

    It 'says how to connect when there is no connection' {
        { Get-IotDataLocation -ErrorAction Stop } | Should -Throw -ErrorId 'NotConnected,IotHubDsr.Commands.GetIotDataLocationCommand'
    }
}
